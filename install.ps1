<#
.SYNOPSIS
Installs azr from a release, after checking the archive against the release's SHA256SUMS.

.DESCRIPTION
Environment variables set the same: AZR_VERSION (default: the newest), AZR_INSTALL_FOLDER, AZR_REPOSITORY (default: the
repository whose release has this script), AZR_RELEASES (the URL of the releases, for a mirror). It needs Windows
PowerShell 5.1 or later. Nothing is written to the folder before everything has been checked.

.PARAMETER Version
The version to install; by default the newest.

.PARAMETER To
The folder to install to; by default azr in the user's local programs.

.PARAMETER Repository
The repository that releases azr, as OWNER/NAME.
#>
param(
    [string] $Version = $env:AZR_VERSION,
    [string] $To = $env:AZR_INSTALL_FOLDER,
    [string] $Repository = $env:AZR_REPOSITORY
)

# The release workflow writes its repository here.
$releasedBy = '@REPOSITORY@'

# The platform's name in the names of the files.
function Get-AzrPlatform {
    # A 32-bit or emulated PowerShell sees its own architecture in the first variable, the machine's in the second.
    $machine = $env:PROCESSOR_ARCHITEW6432
    if (-not $machine) { $machine = $env:PROCESSOR_ARCHITECTURE }
    switch ($machine) {
        'AMD64' { return 'x86_64-pc-windows-msvc' }
        'ARM64' { return 'aarch64-pc-windows-msvc' }
        default { throw "azr has no release for Windows on '$machine'; on Linux and macOS, use install.sh." }
    }
}

# Downloads a URL to a file; without https from this machine only.
function Save-AzrFile([string] $Address, [string] $File) {
    if ($Address -notmatch '^(https://|http://(127\.0\.0\.1|localhost)[:/])') { throw "$Address is not https." }
    Invoke-WebRequest -UseBasicParsing -Uri $Address -OutFile $File
}

function Install-Azr {
    # Inside the function, so that a session that runs the script with Invoke-Expression is not changed.
    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    # The bar makes Windows PowerShell's downloads many times slower.
    $ProgressPreference = 'SilentlyContinue'
    if (-not $To) {
        if (-not $env:LOCALAPPDATA) { throw 'LOCALAPPDATA is not set; choose a folder with -To.' }
        $To = Join-Path (Join-Path $env:LOCALAPPDATA 'Programs') 'azr'
    }
    if (-not $Repository -and -not $releasedBy.StartsWith('@')) { $Repository = $releasedBy }
    $releases = $env:AZR_RELEASES
    if (-not $releases) {
        if (-not $Repository) { throw 'The repository is not known; set -Repository OWNER/NAME.' }
        $releases = "https://github.com/$Repository/releases"
    }
    $platform = Get-AzrPlatform
    $wanted = $Version -replace '^v', ''
    if (-not $wanted -or $wanted -eq 'latest') {
        $wanted = ''
        $from = "$releases/latest/download"
    } elseif ($wanted -match '^[0-9A-Za-z.+-]+$') {
        $from = "$releases/download/v$wanted"
    } else {
        throw "$wanted is not a version."
    }
    # What Windows PowerShell offers by itself may be older than what servers take.
    [Net.ServicePointManager]::SecurityProtocol =
        [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

    $scratch = Join-Path ([IO.Path]::GetTempPath()) ('azr-' + [Guid]::NewGuid())
    New-Item -ItemType Directory -Path $scratch | Out-Null
    try {
        $sums = Join-Path $scratch 'SHA256SUMS'
        Save-AzrFile "$from/SHA256SUMS" $sums
        $pattern = '^([0-9a-f]{64})  (azr-(v[0-9][0-9A-Za-z.+-]*)-' + [regex]::Escape($platform) + '\.zip)$'
        $found = Get-Content $sums | Select-String -CaseSensitive -Pattern $pattern | Select-Object -First 1
        if (-not $found) { throw "The release has no file for $platform." }
        $groups = $found.Matches[0].Groups
        $expected = $groups[1].Value
        $archive = $groups[2].Value
        $tag = $groups[3].Value
        # 'latest' may become another release at any time; the archive is that of the sums.
        if ($wanted -and "v$wanted" -cne $tag) { throw "The release v$wanted contains files of $tag." }

        $file = Join-Path $scratch $archive
        Save-AzrFile "$releases/download/$tag/$archive" $file
        $actual = (Get-FileHash -Algorithm SHA256 -Path $file).Hash.ToLowerInvariant()
        if ($actual -cne $expected) {
            throw "$archive does not match SHA256SUMS (SHA-256 $actual instead of $expected); nothing was installed."
        }
        Expand-Archive -Path $file -DestinationPath $scratch
        $program = Join-Path (Join-Path $scratch ($archive -replace '\.zip$', '')) 'azr.exe'
        & $program --version | Out-Null
        if ($LASTEXITCODE -ne 0) { throw "azr of $archive does not run here; nothing was installed." }

        New-Item -ItemType Directory -Force -Path $To | Out-Null
        # The file is copied to the folder and then renamed, so that an update is complete or not made at all.
        $fresh = Join-Path $To ".azr-$PID.exe"
        try {
            Copy-Item -Path $program -Destination $fresh
            Move-Item -Force -Path $fresh -Destination (Join-Path $To 'azr.exe')
        } finally {
            Remove-Item -Force -ErrorAction SilentlyContinue -Path $fresh
        }
        Write-Output "Installed azr $($tag -replace '^v', '') as $(Join-Path $To 'azr.exe')."
        if (($env:PATH -split ';') -notcontains $To) { Write-Output "Add $To to PATH." }
    } finally {
        Remove-Item -Recurse -Force -ErrorAction SilentlyContinue -Path $scratch
    }
}

Install-Azr
