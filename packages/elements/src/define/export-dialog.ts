import { ExportDialogElement } from '../export-dialog/export-dialog.js';
import { safeDefine } from './safe-define.js';

safeDefine('export-dialog', ExportDialogElement);
