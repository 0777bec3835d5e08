import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '@lectern/elements/define/upload-tray';
import { LecternError, serialiseError } from '@lectern/ports';
import { createFakeConverter, createScriptedUploads, type FakeConverterOptions } from '@lectern/testing';
import { schoolSession } from '../media-library/school.js';

interface Arguments {
  readonly width: number;
}

const old = { id: 'old', fileName: 'Lecture of 2009.mov' };

/** A file of the school that this browser can't read, just brought in; its question is asked once the page is there. */
function tray(
  options: FakeConverterOptions | null,
  { width }: Arguments,
  ...presses: readonly string[]
): TemplateResult {
  const uploads = createScriptedUploads([
    {
      ...old,
      status: 'done',
      assetId: old.id,
      storedUndecodable: true,
      error: serialiseError(new LecternError('undecodable', { details: { codec: 'ProRes' } })),
    },
  ]);
  const box = document.createElement('div');
  box.style.cssText = `box-sizing: border-box; inline-size: ${String(width)}px; max-inline-size: 100%; padding: 12px`;
  const element = document.createElement('upload-tray');
  const session = schoolSession({
    uploads,
    ...(options ? { render: { converter: createFakeConverter(options) } } : {}),
  });
  Object.assign(element, { lectern: session });
  box.append(element);
  void press(element, presses);
  return html`${box}`;
}

/** Presses one after the other, each as soon as it is there; gives up when the story has been left. */
async function press(element: HTMLElement, selectors: readonly string[]): Promise<void> {
  for (const selector of selectors) {
    for (let tries = 0; tries < 200; tries += 1) {
      const button = element.shadowRoot?.querySelector<HTMLButtonElement>(selector);
      if (button) {
        button.click();
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

const convert = '.upload-choices button';
const start = '[data-convert="start"]';

const meta: Meta<Arguments> = {
  title: 'Library/Converting',
  component: 'upload-tray',
  args: { width: 720 },
  argTypes: { width: { control: { type: 'range', min: 320, max: 1440, step: 10 } } },
};
export default meta;

type Story = StoryObj<Arguments>;

/** The row of a file that was kept and can't be read: it can be converted. */
export const Offered: Story = { render: (args) => tray({}, args) };

/** Without anything to convert with, the advice says what to do. */
export const NotOffered: Story = { render: (args) => tray(null, args) };

/** It is looked at first: the converter is loaded, and a piece is tried. */
export const Looking: Story = { render: (args) => tray({ staysAt: 'looking' }, args, convert) };

/** What it takes, before it begins. */
export const Question: Story = { render: (args) => tray({}, args, convert) };

/** Only the sound has to be converted. */
export const SoundOnly: Story = {
  render: (args) =>
    tray({ forecast: { keepsPictures: true, videoCodec: 'h264', audioCodec: 'ac3', seconds: 38 } }, args, convert),
};

/** In the middle. */
export const Converting: Story = { render: (args) => tray({ staysAt: 'converting' }, args, convert, start) };

/** In the middle, on a phone. */
export const ConvertingNarrow: Story = {
  args: { width: 340 },
  render: (args) => tray({ staysAt: 'converting' }, args, convert, start),
};

/** The host's address leads nowhere, or the network does. */
export const ConverterMissing: Story = {
  render: (args) => tray({ refusal: new LecternError('converter-unavailable') }, args, convert),
};

/** No room for the result: said before anything is written. */
export const NoRoom: Story = {
  render: (args) => tray({ refusal: new LecternError('quota-exceeded') }, args, convert),
};

/** It stopped in the middle; the file is as it was. */
export const Stopped: Story = {
  render: (args) =>
    tray({ failure: new LecternError('undecodable', { details: { codec: 'ProRes' } }) }, args, convert, start),
};
