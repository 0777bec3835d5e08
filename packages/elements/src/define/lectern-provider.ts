import { LecternProviderElement } from '../lectern-provider/lectern-provider.js';
import { safeDefine } from './safe-define.js';

safeDefine('lectern-provider', LecternProviderElement);
