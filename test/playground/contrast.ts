/**
 * Source text for a page: each visible text with the contrast of its colour to what it stands on, as WCAG 2.2 defines both.
 *
 *   [["Draw a digit", 16.1], ...]
 *
 * Disabled controls are exempt there, and here.
 */
export const contrasts = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    const alpha = channels(backgroundColor)[3] ?? 1;
    return alpha === 1 || !element.parentElement ? backgroundColor : ground(element.parentElement);
  };
  const ratio = (element) => {
    const [dark, light] = [getComputedStyle(element).color, ground(element)].map(luminance).sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
  return [...document.querySelectorAll("body *, option")]
    .filter((element) => hasText(element) && element.checkVisibility() && !element.matches(":disabled"))
    .map((element) => [element.textContent.trim(), ratio(element)]);
})()`;
