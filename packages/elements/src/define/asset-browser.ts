import './upload-tray.js';
import { AssetBrowserElement } from '../asset-browser/asset-browser.js';
import { safeDefine } from './safe-define.js';

safeDefine('asset-browser', AssetBrowserElement);
