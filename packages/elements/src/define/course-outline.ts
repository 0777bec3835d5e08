import './asset-browser.js';
import { CourseOutlineElement } from '../course-outline/course-outline.js';
import { safeDefine } from './safe-define.js';

safeDefine('course-outline', CourseOutlineElement);
