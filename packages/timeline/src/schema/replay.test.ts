import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Change, applyChange } from '../change.js';
import { createDocument, newTrack, type TimelineDocument } from '../document.js';
import type { ClipId, MarkerId, TrackId } from '../ids.js';
import type { MarkerRecord, TimelineRecord } from '../records.js';
import { replayChanges, stringifyTimeline } from './index.js';

const track = newTrack({ id: 'track' as TrackId, kind: 'text', name: 'Titles', order: 'a0' });
const start = createDocument({
  records: [
    track,
    {
      type: 'clip',
      id: 'clip' as ClipId,
      trackId: track.id,
      name: 'Title',
      startFrame: 0,
      durationFrames: 30,
      source: { kind: 'text', text: 'Limits' },
      linkId: null,
      splitFrom: null,
      props: {},
      keyframes: {},
    },
  ],
});
const marker = (index: number): MarkerRecord => ({
  type: 'marker',
  id: `marker-${String(index)}` as MarkerId,
  frame: index,
  name: '',
  colour: '#ffffff',
  clipId: null,
});
const adding = (record: TimelineRecord): Change => ({ added: { [record.id]: record }, updated: {}, removed: {} });
const clipOf = (document: TimelineDocument): TimelineRecord => document.get('clip' as ClipId) as TimelineRecord;
const naming = (from: string, to: string): Change => {
  const clip = clipOf(start);
  return {
    added: {},
    updated: { clip: [{ ...clip, name: from } as TimelineRecord, { ...clip, name: to } as TimelineRecord] },
    removed: {},
  };
};
const throughJson = (changes: readonly unknown[]): readonly unknown[] =>
  JSON.parse(JSON.stringify(changes)) as unknown[];

describe('replaying changes', () => {
  it('leads where making them one by one does', () => {
    const removed: Change = { added: {}, updated: {}, removed: { 'marker-1': marker(1) } };
    const changes = [adding(marker(1)), naming('Title', 'One'), adding(marker(2)), removed, naming('One', 'Two')];
    const replay = replayChanges(start, throughJson(changes));
    assert.equal(replay.count, 5);
    assert.equal(stringifyTimeline(replay.document), stringifyTimeline(changes.reduce(applyChange, start)));
  });

  it('fits a change to what is there, as making it does', () => {
    const clip = clipOf(start);
    const longer: Change = {
      added: {},
      updated: {
        clip: [{ ...clip, name: 'Elsewhere' } as TimelineRecord, { ...clip, durationFrames: 60 } as TimelineRecord],
      },
      removed: { none: marker(9) },
    };
    const replay = replayChanges(start, throughJson([longer]));
    assert.equal(replay.count, 1);
    assert.equal(stringifyTimeline(replay.document), stringifyTimeline(applyChange(start, longer)));
  });

  it('lets a record of one type take the id of another that went before', () => {
    const removed: Change = { added: {}, updated: {}, removed: { clip: clipOf(start) } };
    const replay = replayChanges(start, throughJson([removed, adding({ ...marker(1), id: 'clip' as MarkerId })]));
    assert.equal(replay.count, 2);
    assert.equal(clipOf(replay.document).type, 'marker');
  });

  it('stops before what is no change', () => {
    for (const bad of [
      null,
      [],
      'text',
      {},
      { added: [], updated: {}, removed: {} },
      { added: { x: 1 }, updated: {}, removed: {} },
    ]) {
      assert.equal(replayChanges(start, [adding(marker(1)), bad, adding(marker(2))]).count, 1, JSON.stringify(bad));
    }
  });

  it('goes as far as every record is one, past faults that heal', () => {
    const bad = { ...marker(5), frame: -5 };
    const healed: Change = { added: {}, updated: {}, removed: { 'marker-5': bad } };
    const changes = [adding(bad), healed, naming('Title', 'Good'), adding(bad), naming('Good', 'Late')];
    const replay = replayChanges(start, throughJson(changes));
    assert.equal(replay.count, 3);
    assert.equal((clipOf(replay.document) as { name?: string }).name, 'Good');
  });

  it('finds the fault among ten thousand', () => {
    const changes = Array.from({ length: 10_000 }, (_, index) =>
      index === 7001 ? adding({ ...marker(index), colour: 'white' }) : adding(marker(index)),
    );
    const replay = replayChanges(start, changes);
    assert.equal(replay.count, 7001);
    assert.equal(replay.document.markers.length, 7001);
  });

  it('stops before more than a document may hold', () => {
    const tracks = Array.from({ length: 1100 }, (_, index) =>
      adding({ ...track, id: `track-${String(index)}` as TrackId }),
    );
    assert.equal(replayChanges(start, tracks).count, 999);
  });

  it('takes no record that is nested deeper than a stored one may be', () => {
    const deep = (): MarkerRecord =>
      ({ ...marker(2), extra: JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`) as unknown }) as MarkerRecord;
    const changes = [adding(marker(1)), adding(deep())];
    assert.equal(replayChanges(start, changes).count, 1);
    const renamed: Change = { added: {}, updated: { 'marker-2': [deep(), { ...deep(), name: 'Deep' }] }, removed: {} };
    assert.equal(replayChanges(start, [...changes, renamed]).count, 1);
  });

  it('takes `__proto__` for a name like any other', () => {
    const bad = JSON.parse(
      `{"added":{"__proto__":${JSON.stringify(marker(1))}},"updated":{},"removed":{},"__proto__":{"polluted":true}}`,
    ) as unknown;
    const id = JSON.parse(JSON.stringify(adding(marker(2))).replaceAll('marker-2', '__proto__')) as unknown;
    const replay = replayChanges(start, [bad, id]);
    assert.equal(replay.count, 2);
    assert.equal(replay.document.markers.length, 2);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('fills in what the schema has a default for', () => {
    const { clipId: _, name: __, ...bare } = marker(1);
    const replay = replayChanges(start, [{ added: { bare }, updated: {}, removed: {} }]);
    assert.deepEqual(replay.document.markers, [marker(1)]);
  });
});
