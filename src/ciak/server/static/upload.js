// Sends a file piece by piece. A piece that fails is asked for and sent again; the same file chosen again later goes
// on where it was.

const PIECE = 4 << 20;
const PATIENCE = [500, 1000, 2000, 4000, 8000];
const KEY = 'ciak.uploads';

const remembered = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
};

const remember = (known) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(known));
  } catch {
    // Then a file that was half sent begins anew.
  }
};

export class Upload {
  #ends = new AbortController();

  constructor(api, file) {
    this.api = api;
    this.file = file;
    this.name = `${api.film} ${file.name} ${file.size} ${file.lastModified}`;
  }

  cancel() { this.#ends.abort(); }

  /** Send it all; `told(part)` hears how much is there, 0 to 1. The id of the upload. */
  async send(told) {
    const { file } = this;
    const upload = await this.#begin();
    let at = upload.received;
    let failures = 0;
    while (at < file.size) {
      told(at / file.size);
      try {
        const piece = file.slice(at, at + PIECE);
        at = (await this.api.piece(upload.id, at, piece, this.#ends.signal)).received;
        failures = 0;
      } catch (error) {
        if (this.#ends.signal.aborted) {
          await this.api.drop(upload.id).catch(() => {});
          throw error;
        }
        if (failures >= PATIENCE.length || (error.status && error.status < 500 && error.status !== 409)) throw error;
        await new Promise((done) => { setTimeout(done, PATIENCE[failures]); });
        failures += 1;
        at = (await this.api.received(upload.id)).received;
      }
    }
    told(1);
    const { [this.name]: _, ...others } = remembered();
    remember(others);
    return upload.id;
  }

  async #begin() {
    const known = remembered()[this.name];
    if (typeof known === 'string') {
      const there = await this.api.received(known).catch(() => null);
      if (there) return there;
    }
    const upload = await this.api.announce(this.file.name, this.file.size);
    remember({ ...remembered(), [this.name]: upload.id });
    return upload;
  }
}
