/** What `dist/ffmpeg.worker.js` is bundled from: our files first, since the library's worker answers to every message. */
import './dist/ffmpeg/ffmpeg-files.js';
import '@ffmpeg/ffmpeg/worker';
