// The texts on the page whose contrast with the background is below 4.5, one for each class.
(() => {
  const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parts = color => color.match(/[\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) =>
    0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const background = element => {
    for (let ancestor = element; ancestor; ancestor = ancestor.parentElement) {
      const color = parts(getComputedStyle(ancestor).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const poor = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || /^(SCRIPT|STYLE)$/.test(element.tagName)) continue;
    const style = getComputedStyle(element);
    const front = parts(element.closest("svg") ? style.fill : style.color);
    const [light, dark] = [luminance(front), luminance(background(element))].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) poor.set(`${element.tagName}.${element.className}`, contrast);
  }
  return [...poor];
})()
