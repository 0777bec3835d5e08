/**
 * The library's grid over the real local back end, driven from tests/bench/library.bench.mjs. Only what a person can
 * see ends a measurement: pictures of cards in the element, not promises.
 */
import { configureLectern, createLectern } from '/lectern/lectern.js';

const topics = ['Limits', 'Derivatives', 'Integrals', 'Series', 'Vectors', 'Matrices', 'Eigenvalues', 'Probability'];
const start = Date.UTC(2024, 0, 1);

/** A made-up asset; the needle is in one of a thousand names. */
function asset(index) {
  const id = `bench-${String(index).padStart(6, '0')}`;
  const kind = ['video', 'video', 'video', 'audio', 'image'][index % 5];
  const at = new Date(start + index * 60_000).toISOString();
  const needle = index % 1000 === 500 ? ' needle' : '';
  return {
    id,
    ownerId: 'bench',
    name: `${topics[index % topics.length]} lecture ${index}${needle}`,
    kind,
    mimeType: { video: 'video/mp4', audio: 'audio/mpeg', image: 'image/png' }[kind],
    sizeBytes: 1_000_000 + ((index * 7919) % 90_000_000),
    status: 'active',
    sourceType: ['upload', 'recording', 'export'][index % 3],
    studioMetadata: {},
    tags: index % 7 === 0 ? ['term 1'] : [],
    probe: null,
    posterKey: null,
    currentVersionId: `${id}-1`,
    blobKey: `assets/${id}/1`,
    rev: 1,
    createdAt: at,
    updatedAt: at,
    deletedAt: null,
  };
}

let element = null;
const items = () => [...(element?.shadowRoot?.querySelectorAll('[part~="item"]') ?? [])];
const shown = () => items().filter((item) => item.textContent.includes('lecture'));
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

async function until(condition, what) {
  const end = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited a minute for ${what}.`);
    await frame();
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

globalThis.bench = {
  async fill(count) {
    const session = createLectern();
    const { kind } = await session.backend.ready();
    const batch = 10_000;
    for (let first = 0; first < count; first += batch) {
      await session.backend.importAssets(
        Array.from({ length: Math.min(batch, count - first) }, (_, index) => asset(first + index)),
      );
    }
    await session.dispose();
    return kind;
  },

  /** From nothing (as after a reload) to the first page of cards, in milliseconds. */
  async firstPage() {
    const begin = performance.now();
    configureLectern(createLectern());
    element = document.createElement('media-library');
    document.body.append(element);
    await until(() => shown().length >= 6, 'the first page');
    return performance.now() - begin;
  },

  /** What a step of scrolling costs, in milliseconds of work on the page's own thread, and how many elements there are. */
  async scroll(steps) {
    const list = [...element.shadowRoot.querySelectorAll('*')].find(
      (node) => node.scrollHeight > node.clientHeight * 2 && getComputedStyle(node).overflowY !== 'visible',
    );
    const costs = [];
    let blank = 0;
    for (let step = 0; step < steps; step += 1) {
      const before = performance.now();
      list.scrollTop += 120;
      // Handlers of the scroll event and the render that follows run before the task after the next frame.
      await frame();
      const channel = new MessageChannel();
      await new Promise((resolve) => {
        channel.port1.onmessage = resolve;
        channel.port2.postMessage(null);
      });
      costs.push(performance.now() - before);
      if (shown().length === 0) blank += 1;
    }
    const elements = element.shadowRoot.querySelectorAll('*').length;
    // Far away, where no page is loaded yet.
    const before = performance.now();
    list.scrollTop = list.scrollHeight / 2;
    await frame();
    await until(() => shown().length >= 6, 'the middle of the list');
    return {
      elements,
      medianMs: median(costs),
      blankFraction: blank / steps,
      jumpMs: performance.now() - before,
    };
  },

  /** From the search to the cards that match, in milliseconds; the pause after typing (200 ms) is not in it. */
  async search(text) {
    const begin = performance.now();
    element.search = text;
    await until(() => shown().length > 0 && shown().every((item) => item.textContent.includes(text)), 'the answer');
    const took = performance.now() - begin;
    element.search = '';
    await until(() => shown().some((item) => !item.textContent.includes(text)), 'the whole list');
    return took;
  },
};
