// Starts the page: the reader's language first, then the studio.
import { preferences } from './preferences.js';
import { words } from './ui/words.js';
import './shell/studio.js';

document.documentElement.dataset.theme = preferences.theme;
await words.use(preferences.language);
