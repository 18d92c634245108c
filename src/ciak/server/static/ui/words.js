// The words of the page in the reader's language. One catalogue a language; keys are stable, plurals by rule.

class Words extends EventTarget {
  language = 'en';
  #catalogue = {};
  #plural = new Intl.PluralRules('en');
  #ready = false;
  #formats = new Map();

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
    const key = `${this.language} ${digits}`;
    if (!this.#formats.has(key)) {
      this.#formats.set(key, new Intl.NumberFormat(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
    }
    return this.#formats.get(key).format(value).replace('-', '−');
  }

  percent(value, digits = 0) {
    return new Intl.NumberFormat(this.language, { style: 'percent', maximumFractionDigits: digits }).format(value);
  }

  /** Seconds as people say them: about how long something takes. */
  duration(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return this.say('time.seconds', { seconds: whole });
    if (whole < 3600) return this.say('time.minutes', { minutes: Math.round(whole / 60) });
    return this.say('time.hours', { hours: Math.floor(whole / 3600), minutes: Math.round(whole % 3600 / 60) });
  }

  /** A moment of the clock, as the reader writes it. */
  moment(text) {
    const when = new Date(text);
    if (Number.isNaN(when.getTime())) return text;
    return new Intl.DateTimeFormat(this.language, { dateStyle: 'medium', timeStyle: 'short' }).format(when);
  }

  /** What a job is at: in the reader's language where the catalogue knows the step, else as the job says it. */
  step(what) {
    const key = `step.${what.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
    return this.has(key) ? this.say(key) : what;
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
