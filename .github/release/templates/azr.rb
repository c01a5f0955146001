class Azr < Formula
  desc "Azure API Management and API Center from the command-line, without Python"
  homepage "https://github.com/@REPOSITORY@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@URL aarch64-apple-darwin@"
      sha256 "@SHA256 aarch64-apple-darwin@"
    end
    on_intel do
      url "@URL x86_64-apple-darwin@"
      sha256 "@SHA256 x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@URL aarch64-unknown-linux-musl@"
      sha256 "@SHA256 aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@URL x86_64-unknown-linux-musl@"
      sha256 "@SHA256 x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "azr"
    man1.install Dir["man/man1/*.1"]
    bash_completion.install "completions/azr.bash" => "azr"
    zsh_completion.install "completions/_azr"
    fish_completion.install "completions/azr.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/azr --version")
    ENV["AZURE_CLOUD_NAME"] = "AzureEmulator"
    shown = shell_output("#{bin}/azr apim show -g myResourceGroup -n myAPIManagement --query name -o tsv")
    assert_equal "myAPIManagement", shown.strip
  end
end
