import './asset-browser.js';
import './autosave-manager.js';
import './clip-inspector.js';
import './export-dialog.js';
import './project-library.js';
import './studio-preview.js';
import './studio-timeline.js';
import { VideoStudioElement } from '../video-studio/video-studio.js';
import { safeDefine } from './safe-define.js';

safeDefine('video-studio', VideoStudioElement);
