// The host's code: three pages of a course site that pass ids to each other.
import { configureLectern, createLectern } from '/lectern/lectern.js';
import { cloud } from './settings.js';
import { showSignIn } from './sign-in.js';

// All that it takes to keep everything in the site's own Supabase project. Without it, this browser keeps it.
if (cloud) {
  configureLectern(createLectern({ supabase: cloud.client, ...(cloud.b2 ? { b2: cloud.b2 } : {}) }));
  showSignIn(document.querySelector('#account'), cloud);
}

const query = new URLSearchParams(location.search);

const appearance = document.querySelector('#appearance');
const applyAppearance = (scheme) => {
  document.documentElement.style.colorScheme = scheme;
  appearance.value = scheme;
};
applyAppearance(sessionStorage.getItem('appearance') ?? 'light dark');
appearance.addEventListener('change', () => {
  sessionStorage.setItem('appearance', appearance.value);
  applyAppearance(appearance.value);
});

// Media was chosen in the library: take it to the studio.
document.addEventListener('lectern-open-in-studio-request', (event) => {
  location.assign(`./studio.html?import=${event.detail.assetIds.map(encodeURIComponent).join(',')}`);
});

const openProject = (projectId) => {
  location.assign(projectId ? `./studio.html?project=${encodeURIComponent(projectId)}` : './studio.html');
};

// A project was chosen. Inside the studio the studio opens it itself.
if (!document.querySelector('#studio')) {
  document.addEventListener('lectern-project-open', (event) => {
    openProject(event.detail.projectId);
  });
}

// Something is to go into the course: the outline of this page asks where. Without one, the library asks itself.
const outline = document.querySelector('#outline');
if (outline) {
  document.addEventListener('lectern-attach-request', (event) => {
    event.preventDefault();
    outline.attach(event.detail);
  });
  // An item of the course was opened: a video shows beside it, a project goes to the studio.
  document.addEventListener('lectern-course-item-open', (event) => {
    const { target } = event.detail;
    if (target.kind === 'project') openProject(target.projectId);
    else document.querySelector('#library').showDetails(target.assetId);
  });
}

const studio = document.querySelector('#studio');
if (studio) {
  studio.project = query.get('project');
  studio.import = query.get('import') ?? '';
  // A reload comes back to the same project, and doesn't import the same files again.
  studio.addEventListener('lectern-project-opened', (event) => {
    history.replaceState(null, '', `./studio.html?project=${encodeURIComponent(event.detail.projectId)}`);
  });
}
