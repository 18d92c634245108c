// The words of the page in the reader's language. One catalogue a language; keys are stable, plurals by rule.

class Words extends EventTarget {
  language = 'en';
  #catalogue = {};
  #plural = new Intl.PluralRules('en');
  #ready = false;

  async use(language) {
    const answer = await fetch(`/static/i18n/${language === 'it' ? 'it' : 'en'}.json`);
    this.#catalogue = await answer.json();
    this.language = language;
    this.#plural = new Intl.PluralRules(language);
    this.#ready = true;
    document.documentElement.lang = language;
    this.dispatchEvent(new Event('change'));
  }

  get ready() { return this.#ready; }

  has(key) { return Object.hasOwn(this.#catalogue, key); }

  /** The words of `key`; `{name}` takes `values.name`, and `values.count` chooses `key.one` or `key.other`. */
  say(key, values = {}) {
    const counted = 'count' in values ? `${key}.${this.#plural.select(values.count)}` : key;
    const text = this.#catalogue[counted] ?? this.#catalogue[`${key}.other`] ?? this.#catalogue[key] ?? '';
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? this.#shown(values[name]) : whole));
  }

  #shown(value) { return typeof value === 'number' ? this.number(value) : String(value); }

  number(value, digits = 0) {
    const shown = new Intl.NumberFormat(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return shown.format(value).replace('-', '−');
  }

  percent(value, digits = 0) {
    return new Intl.NumberFormat(this.language, { style: 'percent', maximumFractionDigits: digits }).format(value);
  }

  /** A language's name, as the reader calls it. */
  name(code) {
    try {
      const name = new Intl.DisplayNames([this.language], { type: 'language' }).of(code);
      return name.charAt(0).toLocaleUpperCase(this.language) + name.slice(1);
    } catch {
      return code;
    }
  }
}

export const words = new Words();
