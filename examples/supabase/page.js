// A learning platform's page with its own Supabase client: people sign in as they always do, and Lectern keeps their media
// and projects in the same project. Read this file first; a bundler (Vite, esbuild, webpack) makes the page of it.
import { createClient } from '@supabase/supabase-js';
import { configureLectern, createLectern } from 'lectern';
import '@lectern/elements/define/media-library';
import { publishableKey, signerUrl, url } from './settings.js';

// The page's own client. Lectern takes whoever is signed in with it, and renews nothing behind its back.
const client = createClient(url, publishableKey);

configureLectern(
  createLectern({
    supabase: client,
    // Only if the bytes are to lie in Backblaze B2; otherwise they lie in the project's own storage.
    ...(signerUrl ? { b2: { signerUrl } } : {}),
    // What people call it: "You are working in this browser: you aren't signed in to Our school."
    placeName: 'Our school',
    // Where `packages/render/dist/render.worker.js` is served from, on the page's own origin.
    workerUrl: '/lectern/render.worker.js',
  }),
);

const form = document.querySelector('form');
const problem = document.querySelector('output');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { error } = await client.auth.signInWithPassword(Object.fromEntries(new FormData(form)));
  problem.textContent = error?.message ?? '';
});
// Nothing of theirs stays on the screen: after signing out, the page begins anew.
document.querySelector('#sign-out').addEventListener('click', async () => {
  await client.auth.signOut({ scope: 'local' });
  location.reload();
});
client.auth.onAuthStateChange((_event, session) => {
  form.hidden = session !== null;
  document.querySelector('#sign-out').hidden = session === null;
});

// A chapter wants a video: the host's own courses take it from here.
document.addEventListener('lectern-attach-request', (event) => {
  event.preventDefault();
  problem.textContent = `Would put “${event.detail.title}” into the course.`;
});
