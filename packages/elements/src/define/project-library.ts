import { ProjectLibraryElement } from '../project-library/project-library.js';
import { safeDefine } from './safe-define.js';

safeDefine('project-library', ProjectLibraryElement);
