"""What is measured of how a page looks, in scripts that run in it: contrast, hit areas, words, what is pushed off."""

from __future__ import annotations

WALK = """
const all = [];
const walk = (root) => {
  for (const node of root.querySelectorAll('*')) { all.push(node); if (node.shadowRoot) walk(node.shadowRoot); }
};
walk(document.documentElement);
const up = (node) => node.parentElement ?? node.getRootNode().host ?? null;
const seen = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  && node.getClientRects().length > 0;
const written = (node) => [...node.childNodes].filter((child) => child.nodeType === 3 && child.data.trim());
"""

CONTRAST = (
    WALK
    + """
const parse = (text) => {
  const part = text.match(/[\\d.]+/g).map(Number);
  return [...part.slice(0, 3), part[3] ?? 1];
};
const linear = (value) => (value / 255 <= .04045 ? value / 255 / 12.92 : ((value / 255 + .055) / 1.055) ** 2.4);
const light = ([red, green, blue]) => .2126 * linear(red) + .7152 * linear(green) + .0722 * linear(blue);
const ground = (node) => {
  const layers = [];
  for (let at = node.matches('.icon') ? up(node) : node; at; at = up(at)) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour[3]) layers.push(colour);
    if (colour[3] === 1) break;
  }
  const lay = (under, over) => under.map((value, i) => value * (1 - over[3]) + over[i] * over[3]);
  return layers.reverse().reduce(lay, [255, 255, 255]);
};
const poor = [];
for (const node of all) {
  if (!seen(node) || node.closest('.unseen, :disabled') || node.matches('canvas, video')) continue;
  if (!written(node).length && !node.matches('input:not([type=radio]), svg, .icon')) continue;
  const style = getComputedStyle(node);
  const [front, back] = [light(parse(style.color)), light(ground(node))];
  const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
  const needed = node.matches('svg, .icon') || parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
  if (ratio < needed) poor.push([node.localName, node.textContent.slice(0, 40), Math.round(ratio * 100) / 100]);
}
return poor;
"""
)

SMALL = (
    WALK
    + """
const targets = 'a, button, select, textarea, label, input:not([type=radio]), [role=slider], [role=option]';
const small = [];
for (const node of all) {
  if (!node.matches(targets) || !seen(node) || node.matches('.unseen')) continue;
  if (getComputedStyle(node).pointerEvents === 'none') continue;
  const { width, height } = node.getBoundingClientRect();
  if (width < 32 || height < 32) small.push([node.localName, node.textContent || node.ariaLabel, width, height]);
}
return small;
"""
)

WORDS = (
    WALK
    + """
const found = [document.title];
for (const node of all) {
  if (node.closest('head')) continue;
  for (const child of written(node)) found.push(child.data.trim());
  for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
    if (node.getAttribute(name)) found.push(node.getAttribute(name));
  }
}
return found;
"""
)

PUSHED = (
    WALK
    + """
const pushed = [];
if (document.documentElement.scrollWidth > innerWidth) pushed.push('the page scrolls sideways');
for (const node of all) {
  if (!seen(node) || !written(node).length && !node.matches('button, input, select, canvas')) continue;
  if (node.closest('.unseen, bdi, option, svg')) continue;
  const { left, right, width } = node.getBoundingClientRect();
  const told = node.textContent.slice(0, 40);
  if (width && (left < -1 || right > innerWidth + 1)) pushed.push([node.localName, told, left, right]);
  const style = getComputedStyle(node);
  const hides = style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis';
  const cut = hides && node.scrollWidth > node.clientWidth + 1;
  if (cut && !node.matches('input, select, textarea')) pushed.push(['cut off', node.localName, told]);
}
return pushed;
"""
)
