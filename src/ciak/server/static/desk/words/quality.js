// How it stands with each language: who wrote its lines, how sure the machine is, what waits for a person, which rules its
// subtitles break; and the profile that sets these rules.
import { Element, css, h } from '../../ui/element.js';
import { words } from '../../ui/words.js';

const styles = css`
  :host { display: block; flex: 1; min-height: 0; overflow-y: auto; padding: 0 16px 24px; }
  :host(:focus-visible) { outline-offset: -2px; }
  section { padding-bottom: 24px; }
  h3, h4 { margin: 0; }
  dl.figures { display: flex; flex-wrap: wrap; gap: 8px 16px; padding-top: 8px; }
  dt { color: var(--quiet); font-size: 13px; white-space: nowrap; }
  dd.value { font: 400 20px/28px var(--condensed); white-space: nowrap; }
  dd.none { font: 400 15px/28px var(--sans); color: var(--quiet); }
  dd.bad { color: var(--check); }
  p.quiet { font-size: 13px; max-width: 72ch; }
  label { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
  select.field { width: auto; max-width: 100%; }
  .wrong { color: var(--block); font-size: 13px; }
  .wrong:empty { display: none; }
  table { width: 100%; border-collapse: collapse; margin-top: 8px; }
  th, td { text-align: start; vertical-align: top; padding: 4px 16px 4px 0; overflow-wrap: anywhere; }
  th { font: 400 13px/24px var(--condensed); letter-spacing: .04em; color: var(--quiet); }
  td.limit, th { white-space: nowrap; }
  td.source { color: var(--quiet); font-size: 13px; }
  .scroll:focus-visible { outline-offset: 2px; }
`;

const WHO = { person: 'activity.person', unknown: 'words.unknown' };

export class Quality extends Element {
  /** `readings`: languages read over; `profiles`: as the API tells them. Tells "choose-profile" with its name. */
  static props = { readings: [], profiles: null, wrong: '', busy: false };
  static styles = [styles];

  build() {
    this.rules = this.say(h('h3', { class: 'heading' }), 'words.rules');
    this.choice = h('select', { class: 'field', 'data-part': 'profile', onchange: () => this.tell('choose-profile', this.choice.value) });
    this.said = h('p', { class: 'quiet' });
    this.problem = h('p', { class: 'wrong', role: 'alert', dir: 'auto' });
    this.head = h('tr');
    this.body = h('tbody');
    this.languages = h('div');
    return [this.languages, h('section', {}, this.rules, h('label', {}, this.say(h('span'), 'words.profile'), this.choice), this.problem, this.said,
      h('table', {}, h('thead', {}, this.head), this.body))];
  }

  update(changed) {
    if (changed.has('readings') || changed.has('words')) this.languages.replaceChildren(...this.readings.map((reading) => this.#language(reading)));
    if (this.profiles) this.#profile();
    this.problem.textContent = this.wrong;
    this.choice.disabled = this.busy || !this.profiles;
  }

  #language(reading) {
    const figure = (key, value, state = '') => h('div', { 'data-figure': key }, h('dt', {}, words.say(`words.figure.${key}`)),
      h('dd', { class: `value ${state}` }, value));
    const counted = (key, count) => figure(key, words.number(count), count ? 'bad' : '');
    const broken = Object.values(reading.rules).reduce((sum, count) => sum + count, 0);
    const rules = Object.entries(reading.rules).sort((one, other) => other[1] - one[1])
      .map(([rule, count]) => words.say('report.rule', { rule: words.has(`words.rule.${rule}`) ? words.say(`words.rule.${rule}`) : rule, times: count }));
    const who = Object.entries(reading.written).sort((one, other) => other[1] - one[1])
      .map(([name, count]) => words.say('words.wrote', { who: WHO[name] ? words.say(WHO[name]) : name, count }));
    return h('section', { 'data-language': reading.language }, h('h3', { class: 'heading' }, words.name(reading.language)),
      h('dl', { class: 'figures' }, figure('lines', words.number(reading.lines)),
        reading.confidence === null ? figure('sure', words.say('report.none'), 'none') : figure('sure', words.percent(reading.confidence)),
        counted('flagged', reading.flagged), counted('untranslated', reading.untranslated),
        reading.source ? figure('terms', reading.terms ? words.say('report.lines', { value: reading.terms_kept, of: reading.terms }) : words.number(0), reading.terms_kept < reading.terms ? 'bad' : '') : null,
        counted('remarks', reading.remarks.length), counted('broken', broken)),
      who.length ? h('p', { class: 'quiet', dir: 'auto' }, words.say('words.written', { who: who.join(', ') })) : null,
      rules.length ? h('p', { class: 'quiet', dir: 'auto' }, rules.join(' · ')) : null,
      reading.shots ? null : h('p', { class: 'quiet' }, words.say('words.no-shots')));
  }

  #profile() {
    const { chosen, profiles, spotted } = this.profiles;
    const known = profiles.some((one) => one.name === chosen);
    this.choice.replaceChildren(...(known ? [] : [h('option', { value: chosen }, chosen)]),
      ...profiles.map((one) => h('option', { value: one.name }, words.say('words.profile.named', { title: title(one), name: one.name }))));
    this.choice.value = chosen;
    const names = [...new Set(Object.values(spotted))];
    const each = Object.entries(spotted).map(([code, name]) => words.say('words.spotted', { language: words.name(code), profile: name }));
    this.said.textContent = [each.join(', '), words.say('words.profile.hint')].filter(Boolean).join('. ');
    const shown = profiles.filter((one) => (names.length ? names : [chosen]).includes(one.name));
    this.head.replaceChildren(...['words.rule', ...shown.map(() => ''), 'words.set-by'].map((key, at) => h('th', { scope: 'col' },
      key ? words.say(key) : shown[at - 1].name)));
    const rules = [...new Set(shown.flatMap((one) => one.rules.map(({ rule }) => rule)))];
    this.body.replaceChildren(...rules.map((rule) => this.#rule(rule, shown)));
  }

  #rule(rule, shown) {
    const own = shown.map((one) => one.rules.find((each) => each.rule === rule));
    const set = own.find(Boolean);
    return h('tr', {}, h('td', {}, words.has(`words.rule.${rule}`) ? words.say(`words.rule.${rule}`) : rule),
      own.map((one) => h('td', { class: 'limit' }, one ? h('bdi', {}, rule === 'one-line' ? '✓' : one.limit) : '–')),
      h('td', { class: 'source' }, h('bdi', {}, `${set.source}, ${set.date}`)));
  }
}

/** What a profile is for: in the reader's language where it is one of Ciak's. */
function title(profile) {
  const key = `words.profile.of.${profile.name}`;
  return words.has(key) ? words.say(key) : profile.title;
}

Quality.define('ciak-quality');
