import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDocument } from '@lectern/timeline';
import { estimateExport, evenSize, exportPresets, exportRange, exportSize } from './presets.js';

const preset = (id: string): (typeof exportPresets)[number] => {
  const found = exportPresets.find((each) => each.id === id);
  if (!found) throw new RangeError(id);
  return found;
};

test('a preset keeps the project’s aspect, in even sizes', () => {
  assert.deepEqual(exportSize({ width: 1920, height: 1080 }, preset('lms-720p')), { width: 1280, height: 720 });
  assert.deepEqual(exportSize({ width: 1080, height: 1920 }, preset('lms-720p')), { width: 720, height: 1280 });
  assert.deepEqual(exportSize({ width: 1366, height: 768 }, preset('smallest')), { width: 854, height: 480 });
  assert.deepEqual(exportSize({ width: 1920, height: 1080 }, preset('audio-only')), { width: 0, height: 0 });
  assert.equal(evenSize(0.3), 2);
});

test('a range stays inside the document, and an empty one estimates next to nothing', () => {
  const document = createDocument();
  assert.deepEqual(exportRange({ document, range: { startFrame: -5, endFrame: 99 } }), { startFrame: 0, endFrame: 0 });
  const estimate = estimateExport({ document, preset: preset('lms-1080p') });
  assert.equal(estimate.durationSeconds, 0);
  assert.ok(estimate.sizeBytes < 10_000);
});
