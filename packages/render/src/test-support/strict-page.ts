/** Converts a fixture inside `strict-page.html` and tells the page around it what came out. */
import { createRenderEngine } from '../render-engine.js';

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, sample }) => {
  // It tries whether it may make code from text, which the one-tag build takes out of it.
  if (sourceFile.includes('/zod/')) return;
  violations.push([violatedDirective, blockedURI, sourceFile, sample].join(' '));
});

async function convert(): Promise<string> {
  const engine = createRenderEngine({
    workerUrl: new URL('../../dist/render.worker.js', import.meta.url),
    resolveSource: () => Promise.reject(new TypeError('no assets here')),
    ffmpeg: { coreUrl: '/node_modules/@ffmpeg/core/dist/esm/ffmpeg-core.js' },
  });
  try {
    const source = await (await fetch('/fixtures/odd-asp.avi')).blob();
    const converted = await (await engine.converter?.prepare(source))?.convert();
    await converted?.release();
    return converted?.mimeType ?? 'nothing';
  } finally {
    engine.dispose();
  }
}

convert()
  .catch((error: unknown) => String(error))
  .then((outcome) => {
    parent.postMessage({ outcome, violations }, location.origin);
  })
  .catch(() => undefined);
