/**
 * The main job, end to end: media in, cut, title, mix, saved, exported, in the library, in a chapter. The exported files
 * are opened again and checked picture by picture and tone by tone.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { flashRegion } from '../../packages/testing/src/frame-code.js';
import { Demo } from './demo.js';
import { Studio } from './studio.js';
import type { ReadMedia } from './read-media.js';

/** What the edit below makes, frame by frame at 30 fps. */
function expectedCode(frame: number): { source: number; frame: number } {
  if (frame < 120) return { source: 1, frame: frame + 60 };
  if (frame < 240) return { source: 4, frame: frame - 120 };
  return { source: 3, frame: frame - 240 };
}

/** The pictures' own sound in a second of the timeline. */
function expectedTone(second: number): { source: number; second: number } {
  if (second < 4) return { source: 1, second: second + 2 };
  if (second < 8) return { source: 4, second: second - 4 };
  return { source: 3, second: second - 8 };
}

function checkPictures(media: ReadMedia, firstFrame: number, frames: number): void {
  assert.ok(media.video);
  assert.equal(media.video.pictures.length, frames);
  for (const [index, { code, timestamp }] of media.video.pictures.entries()) {
    assert.deepEqual(code, expectedCode(firstFrame + index), `frame ${String(firstFrame + index)}`);
    assert.ok(Math.abs(timestamp - index / 30) < 0.002, `frame ${String(index)} at ${String(timestamp)} s`);
  }
}

/** Windows of sound that lie well inside one second of the timeline. */
function insideSeconds(media: ReadMedia): readonly { second: number; heard: Map<string, number> }[] {
  assert.ok(media.audio);
  return media.audio.windows
    .filter(({ start }) => start % 1 > 0.15 && start % 1 < 0.65)
    .map(({ start, tones }) => ({
      second: Math.floor(start),
      heard: new Map(tones.map(({ source, second, amplitude }) => [`${String(source)}:${String(second)}`, amplitude])),
    }));
}

describe('the main job', () => {
  let demo: Demo;
  let studio: Studio;

  before(async () => {
    demo = await Demo.start();
    studio = new Studio(demo);
  });
  after(() => demo.stop());

  const cut = [
    'Video 1 0+120 count-h264-30.mp4 from 60',
    'Video 1 120+120 count-vp9-30.webm from 0',
    'Video 1 240+120 count-h264-2997.mov from 0',
    'Titles 150+60 “Why water rises”',
    'Audio 1 30+120 tone.mp3 from 0',
  ].sort();
  const clips = async (): Promise<readonly string[]> => [...(await studio.clips())].sort();

  it('chosen in the library, media arrive on the timeline in the order of choosing', async () => {
    await demo.open();
    await demo.importFiles(['count-h264-30.mp4', 'count-vp9-30.webm', 'count-h264-2997.mov', 'tone.mp3']);
    const card = (name: string) => demo.page.locator('media-library [part~="item"]').filter({ hasText: name });
    await card('tone.mp3').waitFor({ timeout: 30_000 });
    await card('count-h264-30.mp4').click();
    await card('count-vp9-30.webm').click({ modifiers: ['ControlOrMeta'] });
    await card('count-h264-2997.mov').click({ modifiers: ['ControlOrMeta'] });
    await demo.page.getByRole('button', { name: 'Open in studio' }).first().click();
    await demo.page.waitForURL(/studio\.html/);
    await studio.ready();
    await studio.until(async () => (await studio.clips()).length === 3, 'three clips');
    assert.deepEqual(await clips(), [
      'Video 1 0+180 count-h264-30.mp4 from 0',
      'Video 1 180+150 count-vp9-30.webm from 0',
      'Video 1 330+120 count-h264-2997.mov from 0',
    ]);
  });

  it('S splits at the playhead, Shift+Delete takes a piece out and closes the gap, ] trims', async () => {
    await studio.seek(60);
    await studio.press('s');
    await studio.pick('Video 1', 1);
    await studio.press('Shift+Delete');
    await studio.seek(240);
    await studio.pick('Video 1', 2);
    await studio.press(']');
    assert.deepEqual(
      await clips(),
      cut.filter((line) => line.startsWith('Video')),
    );
  });

  it('sound goes on a track of its own, moves by mouse, and gets quieter', async () => {
    await studio.insert('tone.mp3');
    await studio.seek(30);
    await studio.drag('Audio 1', 1, 30);
    await studio.pick('Audio 1', 1);
    await studio.inspect('Volume', '-6');
    assert.ok((await clips()).includes('Audio 1 30+120 tone.mp3 from 0'), String(await clips()));
  });

  it('T sets a title, which takes its text and its length from the inspector', async () => {
    await studio.seek(150);
    await studio.press('t');
    await studio.inspect('Title text', 'Why water rises');
    await studio.inspect('Duration', '00:00:02:00');
    assert.deepEqual(await clips(), cut);
  });

  it('takes back step by step, and does it again', async () => {
    await studio.playhead().focus();
    const steps = 8;
    for (let step = 0; step < steps; step += 1) await studio.press('ControlOrMeta+z');
    assert.notDeepEqual(await clips(), cut);
    for (let step = 0; step < steps; step += 1) await studio.press('ControlOrMeta+Shift+z');
    assert.deepEqual(await clips(), cut);
  });

  it('shows in the preview the very frame that the edit says', async () => {
    for (const frame of [0, 1, 59, 119, 120, 121, 239, 240, 300, 359]) {
      await studio.seek(frame);
      assert.deepEqual(await studio.shownCode(), expectedCode(frame), `frame ${String(frame)}`);
    }
  });

  it('saves itself, and goes on after a reload where it was', async () => {
    await studio.saved();
    assert.match(demo.page.url(), /project=/);
    await demo.page.reload();
    await studio.ready();
    await studio.until(async () => (await studio.clips()).length === cut.length, 'the clips');
    assert.deepEqual(await clips(), cut);
  });

  it('exports MP4 with every picture, every tone and the title where they belong', async () => {
    await studio.export({ preset: /smallest/i, format: /mp4/i, name: 'Capillarity' });
    const { file, name } = await demo.download(async () => {
      await studio.exportDialog().getByRole('button', { name: 'Download' }).click();
    });
    assert.equal(name, 'Capillarity.mp4');
    const media = await demo.read(file, { regions: [flashRegion] });
    assert.match(media.mimeType, /^video\/mp4/);
    assert.equal(media.video?.codec, 'avc');
    assert.equal(media.audio?.codec, 'aac');
    checkPictures(media, 0, 360);
    assert.ok(Math.abs(media.durationSeconds - 12) < 0.05, String(media.durationSeconds));

    for (const { second, heard } of insideSeconds(media)) {
      const { source, second: from } = expectedTone(second);
      const own = heard.get(`${String(source)}:${String(from)}`) ?? 0;
      assert.ok(Math.abs(own - 0.2) < 0.03, `second ${String(second)}: ${JSON.stringify([...heard])}`);
      // The sound track lies from second 1 to 5 and is 6 dB quieter.
      const over = heard.get(`10:${String(second - 1)}`) ?? 0;
      const expected = second >= 1 && second < 5 ? 0.1 : 0;
      assert.ok(Math.abs(over - expected) < 0.02, `second ${String(second)}: ${JSON.stringify([...heard])}`);
    }

    // White letters brighten the dark box, other than while it flashes.
    for (const [frame, { flash, colours }] of media.video.pictures.entries()) {
      const [red = 0] = colours[0] ?? [];
      const titled = frame >= 150 && frame < 210;
      if (flash || frame % 30 < 2) continue;
      assert.ok(titled ? red > 34 : red < 32, `frame ${String(frame)}: ${String(red)}`);
    }
  });

  it('puts the export into a chapter when it is told to', async () => {
    await studio
      .exportDialog()
      .getByRole('button', { name: /add to course/i })
      .click();
    const attach = demo.page.locator('export-dialog').getByRole('dialog', { name: 'Add to course' });
    await attach.getByRole('textbox', { name: 'Course title' }).fill('Physics');
    await attach.getByRole('textbox', { name: 'Chapter title', exact: true }).fill('Fluids');
    await attach.getByRole('button', { name: 'Add to chapter' }).click();
    await attach.waitFor({ state: 'detached' });
  });

  it('exports the marked part as WebM', async () => {
    await studio.exportDialog().getByRole('button', { name: 'Done' }).click();
    await studio.seek(100);
    await studio.press('i');
    await studio.seek(150);
    await studio.press('o');
    await studio.export({ preset: /smallest/i, format: /webm/i, name: 'Excerpt', marked: true });
    const { file } = await demo.download(async () => {
      await studio.exportDialog().getByRole('button', { name: 'Download' }).click();
    });
    const media = await demo.read(file);
    assert.match(media.mimeType, /^video\/webm/);
    assert.deepEqual([media.video?.codec, media.audio?.codec], ['vp9', 'opus']);
    const length = media.video?.pictures.length ?? 0;
    assert.ok(length === 50 || length === 51, `${String(length)} pictures`);
    checkPictures(media, 100, length);
    await studio.exportDialog().getByRole('button', { name: 'Done' }).click();
  });

  it('has both exports in the library, and the first in the chapter', async () => {
    await demo.open();
    const library = demo.page.locator('media-library');
    for (const name of ['Capillarity', 'Excerpt']) {
      const card = library.locator('[part~="item"]').filter({ hasText: name });
      await card.waitFor();
      await card.getByText('Exported').waitFor();
    }
    const outline = demo.page.locator('course-outline');
    await outline.locator('option:checked', { hasText: 'Physics' }).first().waitFor({ state: 'attached' });
    await outline.getByText('Fluids').first().waitFor();
    await outline.getByText('Capillarity').first().waitFor();
  });

  it('is found again on the projects page, and opens with its clips', async () => {
    await demo.open('projects.html');
    await demo.page.locator('project-library [part~="item"]').first().dblclick();
    await demo.page.waitForURL(/studio\.html\?project=/);
    await studio.ready();
    await studio.until(async () => (await studio.clips()).length === cut.length, 'the clips');
    assert.deepEqual(await clips(), cut);
  });

  it('asked nothing of anybody else, and nothing went wrong', () => {
    demo.assertClean();
  });
});
