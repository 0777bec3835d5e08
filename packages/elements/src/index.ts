export { LecternElement } from './foundation/lectern-element.js';
export { ProjectElement } from './foundation/project-element.js';
export { projectContext, sessionContext } from './foundation/contexts.js';
export { safeDefine } from './define/safe-define.js';
