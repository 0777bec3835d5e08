// The whole of the host's code: three pages of a course site that pass ids to each other.
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

// A project was chosen on the projects page. Inside the studio the studio opens it itself.
document.querySelector('#projects')?.addEventListener('lectern-project-open', (event) => {
  const { projectId } = event.detail;
  location.assign(projectId ? `./studio.html?project=${encodeURIComponent(projectId)}` : './studio.html');
});

// Something is to go into the course: the outline of this page asks where. Without one, the library asks itself.
const outline = document.querySelector('#outline');
if (outline) {
  document.addEventListener('lectern-attach-request', (event) => {
    event.preventDefault();
    outline.attach(event.detail);
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
