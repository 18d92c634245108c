// What empty places of a film say: what comes there, and the one thing that brings it.

export function failure(problem) {
  if (!problem) return null;
  const key = problem.status === 0 ? 'notice.unreachable' : problem.code === 'no-session' ? 'notice.session' : 'notice.failed';
  return { key, detail: [problem.message, problem.remedy].filter(Boolean).join(' — '), bad: true, retry: true };
}

const command = (film, verb, rest) => `ciak ${verb} ${film?.folder ?? ''} ${rest}`.replace(/ +/g, ' ').trim();

export function pictureNotice(state, clock) {
  const { film } = state;
  if (state.problem) return failure(state.problem);
  if (!film) return { key: 'notice.film' };
  if (clock.failed) return { key: 'notice.picture-failed', bad: true };
  if (state.sound) return null;
  if (!film.picture) return { key: 'notice.sound-alone' };
  return { key: 'notice.no-proxy', command: command(film, 'dub', '--to it') };
}

export function linesNotice(state) {
  const { film } = state;
  if (state.problem && !state.lines.length) return { key: 'notice.nothing' };
  if (state.waiting && !state.lines.length) return { key: 'notice.dialogue' };
  const unread = film?.languages.find((entry) => entry.problem);
  if (unread && !state.lines.length) return { key: 'notice.bad-dialogue', detail: unread.problem, bad: true };
  if (state.lines.length) return null;
  return { key: 'notice.no-lines', command: command(film, 'subtitle', '--to it'), act: film?.imported ? 'work.begin' : '' };
}

export function reportNotice({ report, film, problem }) {
  if (!film) return { key: problem ? 'notice.nothing' : 'notice.report' };
  if (report?.problem) return { key: 'notice.bad-report', detail: report.problem, bad: true };
  return report?.present ? null : { key: 'notice.no-report', command: command(film, 'dub', '--to it'), act: film.imported ? 'work.begin' : '' };
}
