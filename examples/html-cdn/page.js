// All that a host needs to hear: the studio says what it saved and what it exported.
const saved = document.querySelector('#saved');
document.addEventListener('lectern-save', (event) => {
  saved.textContent = `Saved revision ${event.detail.rev} of ${event.detail.projectId}.`;
});
document.addEventListener('lectern-export-complete', (event) => {
  saved.textContent = `Exported as asset ${event.detail.assetId}.`;
});
