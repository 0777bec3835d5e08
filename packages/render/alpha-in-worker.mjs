/**
 * A Rollup plugin, for the same reason as `aac-in-worker.mjs`: mediabunny joins the colour and the alpha of transparent
 * video in workers that it starts through a `blob:` address. We are in a worker already, so the very same function runs
 * here, behind an object that talks like a worker. It also loses what the colours mean, which is kept here.
 */

const start = 'new Worker(mergerWorkerUrl)';
const head = 'const colorAlphaMergerWorkerCode = () => {';
const address = 'URL.createObjectURL(blob)';
const merged = 'timestamp: color.timestamp,';

/** @returns {import('rollup').Plugin} */
export function alphaInWorker() {
  return {
    name: 'alpha-in-worker',
    transform(code, id) {
      if (!/[\\/]mediabunny[\\/].*[\\/]media-sink\.js$/.test(id)) return null;
      if (![start, head, address, merged].every((each) => code.includes(each)))
        return this.error('Mediabunny no longer merges alpha as this build expects; look at its media-sink again.');
      const here = code
        .replace(start, 'startMergerHere()')
        .replace(address, "'merged here'")
        .replace(head, 'const colorAlphaMergerWorkerCode = (self) => {')
        .replaceAll(merged, `${merged} colorSpace: color.colorSpace.toJSON(),`);
      return { code: here + startMergerHere, map: null };
    },
  };
}

const startMergerHere = `
function startMergerHere() {
  const outside = new Set();
  const inside = new Set();
  const deliver = (listeners, data) => queueMicrotask(() => { for (const listener of listeners) listener({ data }); });
  const add = (listeners) => (type, listener) => { if (type === 'message') listeners.add(listener); };
  colorAlphaMergerWorkerCode({ addEventListener: add(inside), postMessage: (data) => deliver(outside, data) });
  return {
    addEventListener: add(outside),
    postMessage: (data) => deliver(inside, data),
    terminate: () => { outside.clear(); inside.clear(); },
  };
}
`;
