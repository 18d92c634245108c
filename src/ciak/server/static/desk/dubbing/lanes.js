// The lanes that dubbing lays on the strip: shots, the original's waveform, a lane of loops for each character, those of
// captions and of subtitles for each language, and the waveforms of the dub. Lanes are kept as long as there is something for them, so that the strip does not flicker.
import { EventLane } from '../../strip/lane-events.js';
import { ShotLane } from '../../strip/lane-shots.js';
import { WaveLane } from '../../strip/lane-wave.js';
import { words } from '../../ui/words.js';
import { slanted } from '../../subtitles.js';

const MOST_CHARACTERS = 12;
const SIGN = { undecided: '? ', approved: '', rejected: '× ' };

export class DubbingLanes {
  #kept = new Map();

  /** `chosen`: hands for lines, captions and subtitles, which place what was dragged. */
  constructor(chosen) { this.chosen = chosen; }

  #lane(id, make) {
    if (!this.#kept.has(id)) this.#kept.set(id, make());
    return this.#kept.get(id);
  }

  /** Whether a lane is one of these; others were brought by somebody else and stay. */
  made(lane) { return [...this.#kept.values()].includes(lane); }

  /** The lanes of a film's state, top to bottom. */
  of(state) {
    if (!state.film) return [];
    const [first, ...others] = this.#sounds(state);
    return [...this.#pictures(state), ...(first ? [first] : []), ...this.#characters(state), ...this.#captions(state), ...this.#subtitles(state),
      ...others];
  }

  #pictures({ shots, api }) {
    if (!shots?.shots.length) return [];
    const lane = this.#lane('shots', () => new ShotLane(() => words.say('lane.shots')));
    if (lane.shown !== shots) lane.show(shots, (number) => api.picture(number, shots.version));
    lane.shown = shots;
    return [lane];
  }

  /** The original, and of the dub that is heard its mix and its stems. */
  #sounds({ shots, api, film, target }) {
    const names = ['original', ...['MIX', 'DX', 'ME'].flatMap((stem) => [`${stem}.${target}`, stem])];
    const [above, below = '1'] = (film.rate ?? '24').split('/');
    return names.filter((name) => shots?.sounds[name]).map((name) => {
      const [stem] = name.split('.');
      const lane = this.#lane(`wave-${name}`, () => new WaveLane({ id: `wave-${name}`, label: () => (
        stem === 'original' ? words.say('lane.original') : words.say(`lane.${stem.toLowerCase()}`, { language: words.name(target ?? '') })) }));
      lane.show(shots.sounds[name], Number(above) / Number(below),
        (start, end, width) => api.peaks(name, shots.sounds[name], start, end, width));
      return lane;
    });
  }

  #characters({ lines, cast, target }) {
    const by = new Map();
    for (const line of lines) {
      if (!by.has(line.character)) by.set(line.character, []);
      by.get(line.character).push(line);
    }
    const loudest = [...by].sort((one, other) => other[1].length - one[1].length);
    const own = loudest.slice(0, MOST_CHARACTERS);
    const others = loudest.slice(MOST_CHARACTERS).flatMap(([, said]) => said).sort((one, other) => one.first - other.first);
    const lanes = own.map(([id, said]) => this.#loops(`loops-${id}`, () => cast.get(id)?.name || id, said, target));
    return others.length ? [...lanes, this.#loops('loops-others', () => words.say('lane.others'), others, target)] : lanes;
  }

  #loops(id, label, said, target) {
    const lane = this.#lane(id, () => new EventLane({ id, label, editable: true,
      onplace: (event, first, end) => this.chosen.lines.place(event.line, first, end) }));
    lane.label = label;
    lane.events = said.map((line) => ({ id: line.id, first: line.first, end: line.end, room: target && line.slot ? line.slot.end : line.end,
      text: line.translation || line.source, flagged: line.flags.length > 0, locked: line.locked, line }));
    return lane;
  }

  /** Captions that wait for a person carry a question mark, those that were rejected are outlines with a cross. */
  #captions({ captions }) {
    return [...new Set(captions.map(({ language }) => language))].map((code) => {
      const told = captions.filter(({ language }) => language === code);
      const id = `captions-${code}`;
      const lane = this.#lane(id, () => new EventLane({ id, label: () => words.say('lane.captions', { language: words.name(code) }),
        editable: true, onplace: (event, first, end) => this.chosen.captions.place(event.caption, first, end) }));
      lane.events = told.map((caption) => ({ id: caption.key, first: caption.first, end: caption.end, room: 0, caption,
        text: `${SIGN[caption.verdict]}${caption.text.replaceAll('\n', ' ')}`, flagged: caption.verdict === 'undecided',
        faint: caption.verdict === 'rejected', told: `${caption.text}, ${words.say(`caption.verdict.${caption.verdict}`)}` }));
      return lane;
    });
  }

  /** Until they are as they are delivered the lane says so; what is written in the picture is no line's, and stays. */
  #subtitles(state) {
    return [...state.cuesOf].filter(([, cues]) => cues.length).map(([code, cues]) => {
      const id = `subtitles-${code}`;
      const lane = this.#lane(id, () => new EventLane({ id, label: () => words.say(`lane.subtitles${state.delivered(code) ? '' : '.coming'}`, { language: words.name(code) }),
        editable: true, onplace: (event, first, end) => this.chosen.subtitles.place(event.cue, first, end) }));
      if (lane.shown !== cues) {
        lane.events = cues.map((cue) => ({ id: cue.key, first: cue.first, end: cue.end, room: 0, text: cue.lines.join(' '), held: cue.held,
          locked: !cue.loops.length, italic: slanted(cue), cue }));
      }
      lane.shown = cues;
      return lane;
    });
  }
}
