// One hue a language, the same wherever it is drawn. They differ in lightness too, and leave amber to the playhead
// and red to what blocks. Each is for light, then for dark ground.

const HUES = {
  it: ['#00745a', '#52c7a3'],
  en: ['#1f6699', '#7fbdea'],
  fr: ['#86407a', '#d79acb'],
  de: ['#6a5f00', '#d3c658'],
  es: ['#97501f', '#e3a07c'],
  ja: ['#5d4cb0', '#b6a8f7'],
  pt: ['#3f6b1f', '#a3cd7c'],
  zh: ['#2b6f78', '#86cdd6'],
};

/** The colour of a language (its code), as CSS: follows the theme. */
export function hue(code) {
  const main = (code || '').toLowerCase().split('-')[0];
  const names = Object.keys(HUES);
  let sum = 0;
  for (const letter of main) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  const [light, dark] = Object.hasOwn(HUES, main) ? HUES[main] : HUES[names[sum % names.length]];
  return `light-dark(${light}, ${dark})`;
}
