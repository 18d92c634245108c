// The one place that asks the server. Paths here are checked against the OpenAPI document by a test.

export class ApiError extends Error {
  constructor(status, told) {
    super(typeof told.message === 'string' ? told.message : '');
    this.status = status;
    this.remedy = typeof told.remedy === 'string' ? told.remedy : '';
    this.code = typeof told.code === 'string' ? told.code : String(told.error ?? '');
  }
}

async function read(path) {
  let answer;
  try {
    answer = await fetch(path, { headers: { accept: 'application/json' }, credentials: 'same-origin' });
  } catch {
    throw new ApiError(0, { code: 'unreachable' });
  }
  if (!answer.ok) throw new ApiError(answer.status, await answer.json().catch(() => ({})));
  return answer.json();
}

const part = encodeURIComponent;

export const api = {
  film: () => read('/api/v1/film'),
  cast: () => read('/api/v1/cast'),
  report: () => read('/api/v1/report'),
  jobs: () => read('/api/v1/jobs'),
  dialogue: (language) => read(`/api/v1/dialogue/${part(language)}`),
  subtitles: (language) => read(`/api/v1/subtitles/${part(language)}`),
  media: (language, version) => `/api/v1/media/${part(language)}?v=${part(version.slice(0, 16))}`,
};
