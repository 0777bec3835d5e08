import { UploadTrayElement } from '../upload-tray/upload-tray.js';
import { safeDefine } from './safe-define.js';

safeDefine('upload-tray', UploadTrayElement);
