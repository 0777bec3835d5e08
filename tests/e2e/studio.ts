/** Drives the studio as a person does: by roles, names, keys and the mouse. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { ProjectSession } from '@lectern/core';
import { readFrameCode } from '../../packages/testing/src/frame-code.js';
import type { FrameCode } from '../../packages/testing/src/frame-code.js';
import type { Demo } from './demo.js';

/** A clip in a few words: `Video 1 120+150 of count-vp9-30.webm from 0`. */
export type ClipLine = string;

interface StudioElement extends HTMLElement {
  readonly activeProject: ProjectSession | null;
}

export class Studio {
  readonly #demo: Pick<Demo, 'page' | 'open'>;
  readonly #page: Page;

  constructor(demo: Pick<Demo, 'page' | 'open'>) {
    this.#demo = demo;
    this.#page = demo.page;
  }

  /** Opens the studio's page and waits for its project. */
  async open(query = ''): Promise<void> {
    await this.#demo.open(`studio.html${query}`);
    await this.ready();
  }

  async ready(): Promise<void> {
    await this.#page.waitForFunction(
      () => document.querySelector<StudioElement>('video-studio')?.activeProject !== null,
      undefined,
      { timeout: 15_000 },
    );
    await this.#page.locator('studio-timeline').getByRole('slider', { name: 'Playhead' }).waitFor();
  }

  /** What is on the timeline: by track from the bottom, then by time. */
  clips(): Promise<readonly ClipLine[]> {
    return this.#page.evaluate(() => {
      const timeline = document.querySelector<StudioElement>('video-studio')?.activeProject?.editor.document;
      if (!timeline) return [];
      return timeline.tracks.flatMap((track) =>
        timeline.clipsOf(track.id).map(({ startFrame, durationFrames, source }) => {
          const what =
            source.kind === 'asset'
              ? `${timeline.assets.get(source.assetId)?.name ?? '?'} from ${String(source.trimStartFrame)}`
              : source.kind === 'text'
                ? `“${source.text}”`
                : source.kind;
          return `${track.name} ${String(startFrame)}+${String(durationFrames)} ${what}`;
        }),
      );
    });
  }

  /** Chooses an asset in the media panel and puts it on the timeline with Enter. */
  async insert(name: string): Promise<void> {
    const before = (await this.clips()).length;
    await this.#page.locator('asset-browser [part~="item"]').filter({ hasText: name }).click();
    await this.#page.keyboard.press('Enter');
    await this.until(async () => (await this.clips()).length > before, `${name} on the timeline`);
  }

  playhead(): Locator {
    return this.#page.locator('studio-timeline').getByRole('slider', { name: 'Playhead' });
  }

  /** Moves the playhead by its keys. */
  async seek(frame: number): Promise<void> {
    await this.playhead().focus();
    await this.#page.keyboard.press('Home');
    for (let rest = frame; rest > 0;) {
      const [key, step] = rest >= 30 ? ['PageUp', 30] : rest >= 10 ? ['Shift+ArrowRight', 10] : ['ArrowRight', 1];
      await this.#page.keyboard.press(key);
      rest -= step;
    }
    assert.equal(await this.playhead().getAttribute('aria-valuenow'), String(frame));
  }

  /** The clip of a track at a position in it, from 1. */
  clip(track: string, position: number): Locator {
    return this.#page
      .locator('studio-timeline [part~="track"]')
      .filter({ hasText: track })
      .locator('[part~="clip"]')
      .nth(position - 1);
  }

  /** Picks a clip with the mouse, at its caption. */
  async pick(track: string, position: number): Promise<void> {
    await this.clip(track, position).click({ position: { x: 24, y: 9 } });
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key);
  }

  /** Drags a clip by some frames. */
  async drag(track: string, position: number, frames: number): Promise<void> {
    const zoom = await this.#page.evaluate(
      () => document.querySelector<StudioElement>('video-studio')?.activeProject?.editor.store.getState().zoom ?? 0,
    );
    const box = await this.clip(track, position).boundingBox();
    assert.ok(box);
    const [x, y] = [box.x + 30, box.y + 9];
    await this.#page.mouse.move(x, y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(x + 12, y, { steps: 3 });
    await this.#page.mouse.move(x + frames * zoom, y, { steps: 8 });
    await this.#page.mouse.up();
  }

  /** Fills in a field of the inspector. */
  async inspect(label: string, value: string): Promise<void> {
    const field = this.#page.locator('clip-inspector').getByRole('textbox', { name: label, exact: true });
    const number = this.#page.locator('clip-inspector').getByRole('spinbutton', { name: label, exact: true });
    const target = (await field.count()) > 0 ? field : number;
    await target.first().fill(value);
    await target.first().press('Tab');
  }

  /** Waits until the header says that everything is saved. */
  async saved(): Promise<void> {
    await this.#page
      .locator('autosave-manager')
      .getByText(/^Saved(?! on this device)/)
      .first()
      .waitFor({ timeout: 20_000 });
  }

  /** What the picture in the preview says once it shows the frame under the playhead. */
  async shownCode(): Promise<FrameCode | null> {
    await this.#page.waitForFunction(() => {
      const preview = document.querySelector<StudioElement>('video-studio')?.activeProject?.preview.state();
      return preview !== undefined && preview.shownFrame === preview.frame;
    });
    const pixels = await this.#page.evaluate(async () => {
      const preview = document.querySelector('video-studio')?.shadowRoot?.querySelector('studio-preview');
      const canvas = preview?.shadowRoot?.querySelector('canvas');
      if (!canvas) return null;
      // The picture of a canvas that a worker draws on arrives with the next frame of the page.
      for (let frames = 0; frames < 3; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
      const copy = new OffscreenCanvas(480, Math.round((480 * canvas.height) / canvas.width));
      const context = copy.getContext('2d');
      context?.drawImage(canvas, 0, 0, copy.width, copy.height);
      const image = context?.getImageData(0, 0, copy.width, copy.height);
      return image ? { data: [...image.data], width: image.width, height: image.height } : null;
    });
    assert.ok(pixels, 'there is a picture in the preview');
    return readFrameCode(pixels);
  }

  /** Exports with the dialog's choices and waits until the file is in the library. */
  async export(choices: { preset: RegExp; format: RegExp; name: string; marked?: boolean }): Promise<void> {
    await this.#page.locator('video-studio').getByRole('button', { name: 'Export', exact: true }).first().click();
    const dialog = this.exportDialog();
    await dialog.locator('label').filter({ hasText: choices.preset }).first().click();
    await dialog.getByRole('radio', { name: choices.format }).click({ timeout: 20_000 });
    if (choices.marked) await dialog.getByRole('radio', { name: 'Marked range' }).click();
    // What was exported before would be updated. Where it can go is known once it can begin.
    const start = dialog.getByRole('button', { name: 'Export', exact: true });
    await start.and(dialog.locator(':enabled')).waitFor({ timeout: 20_000 });
    const newFile = dialog.locator('label').filter({ hasText: 'New file' });
    if ((await newFile.count()) > 0) await newFile.click();
    await dialog.getByRole('textbox').fill(choices.name);
    await start.click();
    await dialog.getByRole('heading', { name: /ready|done|finished|in the library/i }).waitFor({ timeout: 120_000 });
  }

  exportDialog(): Locator {
    return this.#page.locator('export-dialog').getByRole('dialog');
  }

  async until(condition: () => Promise<boolean>, what: string): Promise<void> {
    const end = Date.now() + 10_000;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`Waited ten seconds for ${what}.`);
      await this.#page.waitForTimeout(50);
    }
  }
}
