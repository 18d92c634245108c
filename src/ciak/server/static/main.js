// Starts the page: the reader's words are on their way while the studio is put together.
import { preferences } from './preferences.js';
import { words } from './ui/words.js';

document.documentElement.dataset.theme = preferences.theme;
await Promise.all([words.use(preferences.language), import('./shell/studio.js')]);
