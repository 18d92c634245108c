// The one place that asks the server. Paths here are checked against the OpenAPI document by a test.

export class ApiError extends Error {
  constructor(status, told) {
    super(typeof told.message === 'string' ? told.message : '');
    this.status = status;
    this.remedy = typeof told.remedy === 'string' ? told.remedy : '';
    this.code = typeof told.code === 'string' ? told.code : String(told.error ?? '');
    this.theirs = Array.isArray(told.theirs) ? told.theirs : [];
    this.captions = Array.isArray(told.captions) ? told.captions : [];
    this.row = told.row ?? null;
    this.term = told.term ?? null;
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { headers: { accept: 'application/json' }, credentials: 'same-origin', ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, { code: 'unreachable' });
  }
  if (!answer.ok) throw new ApiError(answer.status, await answer.json().catch(() => ({})));
  return answer.status === 204 ? null : answer.json();
}

/** What is no JSON. */
async function found(path) {
  const answer = await fetch(path, { credentials: 'same-origin' });
  if (!answer.ok) throw new ApiError(answer.status, {});
  return answer;
}

const read = (path) => ask(path);
const send = (path, body = {}, method = 'POST') => ask(path, {
  method, body: JSON.stringify(body), headers: { accept: 'application/json', 'content-type': 'application/json' },
});

const part = encodeURIComponent;

/** The shelf and what this studio can do. */
export const house = {
  shelf: () => read('/api/v1/shelf'),
  settings: () => read('/api/v1/settings'),
  open: (folder) => send('/api/v1/shelf', { folder }),
  create: (title, language, folder) => send('/api/v1/films', { title, language, folder }),
  takeDown: (film) => send(`/api/v1/films/${part(film)}`, {}, 'DELETE'),
};

/** Everything about one film, which `film` is the key of. */
export class FilmApi {
  constructor(film) {
    this.film = film;
    this.at = `/api/v1/films/${part(film)}`;
  }

  read() { return read(`${this.at}`); }
  opened() { return send(`${this.at}/opened`); }
  cast() { return read(`${this.at}/cast`); }
  report() { return read(`${this.at}/report`); }
  shots() { return read(`${this.at}/shots`); }
  activity(before) { return read(before ? `${this.at}/activity?before=${before}` : `${this.at}/activity`); }
  dialogue(language) { return read(`${this.at}/dialogue/${part(language)}`); }
  checkSubtitle(language, asked) { return send(`${this.at}/subtitles/${part(language)}/check`, asked); }
  subtitles(language) { return read(`${this.at}/subtitles/${part(language)}`); }

  undoState() { return read(`${this.at}/undo`); }
  undo() { return send(`${this.at}/undo`); }
  redo() { return send(`${this.at}/redo`); }
  edit(language, changes, seen) { return send(`${this.at}/dialogue/${part(language)}/edits`, { changes, seen }); }
  editCast(member, changed) { return send(`${this.at}/cast/${part(member)}/edits`, changed); }

  words() { return read(`${this.at}/words`); }
  proposals() { return read(`${this.at}/words/proposals`); }
  reading(language) { return read(`${this.at}/words/reading/${part(language)}`); }
  editWords(change) { return send(`${this.at}/words/edits`, change); }
  profiles() { return read(`${this.at}/profiles`); }
  chooseProfile(profile, seen) { return send(`${this.at}/profiles`, { profile, seen }); }

  start(work) { return send(`${this.at}/jobs`, work); }
  cancel(job) { return send(`${this.at}/jobs/${part(job)}/cancel`); }
  resume(job) { return send(`${this.at}/jobs/${part(job)}/resume`); }
  get events() { return `${this.at}/events`; }

  announce(name, size) { return send(`${this.at}/uploads`, { name, size }); }
  received(upload) { return read(`${this.at}/uploads/${part(upload)}`); }
  drop(upload) { return send(`${this.at}/uploads/${part(upload)}`, {}, 'DELETE'); }
  piece(upload, offset, data, signal) {
    return ask(`${this.at}/uploads/${part(upload)}?offset=${offset}`, {
      method: 'PUT', body: data, signal, headers: { 'content-type': 'application/octet-stream' },
    });
  }

  media(language, version) { return `${this.at}/media/${part(language)}?v=${part(version.slice(0, 16))}`; }
  take(language, loop, take) { return `${this.at}/takes/${part(language)}/${part(loop)}/${part(take)}`; }
  thumbnail(number, version) { return `${this.at}/thumbnails/${number}?v=${part(version)}`; }
  picture(number, version) { return found(this.thumbnail(number, version)).then((answer) => answer.blob()); }
  async peaks(sound, version, start, end, width) {
    const query = `start=${start}&end=${end}&width=${width}&v=${part(version)}`;
    return new Int8Array(await (await found(`${this.at}/peaks/${part(sound)}?${query}`)).arrayBuffer());
  }
}
