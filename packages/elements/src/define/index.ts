import './lectern-provider.js';
import './media-library.js';
import './asset-browser.js';
import './project-library.js';
import './course-outline.js';
