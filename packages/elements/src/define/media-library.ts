import './upload-tray.js';
import { MediaLibraryElement } from '../media-library/media-library.js';
import { safeDefine } from './safe-define.js';

safeDefine('media-library', MediaLibraryElement);
