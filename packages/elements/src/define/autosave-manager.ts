import { AutosaveManagerElement } from '../autosave-manager/autosave-manager.js';
import { safeDefine } from './safe-define.js';

safeDefine('autosave-manager', AutosaveManagerElement);
