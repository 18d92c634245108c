// What this reader prefers, kept in this browser only. It never holds anything of the film.

const KEY = 'ciak.preferences';

const usual = () => ({
  theme: matchMedia('(prefers-color-scheme: light)').matches && matchMedia('(prefers-contrast: more)').matches
    ? 'light' : 'dark',
  language: navigator.language.startsWith('it') ? 'it' : 'en',
  follow: true,
});

function stored() {
  try {
    const told = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof told === 'object' && told !== null ? told : {};
  } catch {
    return {};
  }
}

class Preferences {
  #values = { ...usual(), ...stored() };

  get theme() { return this.#values.theme === 'light' ? 'light' : 'dark'; }
  set theme(value) { this.#keep('theme', value); }
  get language() { return this.#values.language === 'it' ? 'it' : 'en'; }
  set language(value) { this.#keep('language', value); }
  get follow() { return this.#values.follow !== false; }
  set follow(value) { this.#keep('follow', value); }

  #keep(name, value) {
    this.#values[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // A browser that stores nothing forgets; the page works all the same.
    }
  }
}

export const preferences = new Preferences();
