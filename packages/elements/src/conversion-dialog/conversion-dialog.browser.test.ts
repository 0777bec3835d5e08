import { expect } from 'chai';
import { LecternError, serialiseError } from '@lectern/ports';
import {
  createFakeConverter,
  createProbeFacts,
  createScriptedUploads,
  createTestSession,
  type FakeConverter,
  type FakeConverterOptions,
  type TestSession,
} from '@lectern/testing';
import '../define/media-library.js';
import '../define/upload-tray.js';
import { Harness, mount, unmountAll } from '../foundation/harness.js';
import { violations } from '../test-support/accessibility.js';
import type { UploadTrayElement } from '../upload-tray/upload-tray.js';

let sessions: TestSession[] = [];

const film = {
  id: 'film',
  name: 'Old film.mpg',
  mimeType: 'video/mpeg',
  sizeBytes: 4,
  probe: createProbeFacts({ decodable: false, videoCodec: 'mpeg2video' }),
};

interface Opened {
  readonly harness: Harness<UploadTrayElement>;
  readonly element: UploadTrayElement;
  readonly session: TestSession;
  readonly converter: FakeConverter;
}

/** The tray after a film was brought in that this browser can't read. */
async function open(options: FakeConverterOptions = {}): Promise<Opened> {
  const converter = createFakeConverter(options);
  const undecodable = serialiseError(new LecternError('undecodable', { details: { codec: 'MPEG-2' } }));
  const session = createTestSession({
    assets: [film],
    render: { converter },
    uploads: createScriptedUploads([
      {
        id: 'film',
        fileName: film.name,
        status: 'done',
        assetId: 'film',
        storedUndecodable: true,
        error: undecodable,
      },
    ]),
  });
  sessions.push(session);
  await session.seeded;
  const element = Object.assign(document.createElement('upload-tray'), { lectern: session });
  await mount(element, 720, 600);
  const harness = new Harness(element);
  await harness.settled();
  return { harness, element, session, converter };
}

const dialogText = (harness: Harness<UploadTrayElement>): string =>
  harness.all('dialog')[0]?.textContent.replace(/\s+/g, ' ').trim() ?? '';

async function ask({ harness }: Opened): Promise<void> {
  await harness.click('Convert “Old film.mpg”…');
  await harness.until(() => harness.all('dialog[open]')[0], 'the dialog');
}

describe('converting a file', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(sessions.map((session) => session.dispose()));
    sessions = [];
  });

  it('is offered where a file can’t be read, and says what it takes before it begins', async () => {
    const opened = await open({ forecast: { seconds: 720, sizeBytes: 640_000_000 } });
    const { harness, element } = opened;
    await ask(opened);
    await harness.until(() => dialogText(harness).includes('Takes about 12 min'), 'the forecast');
    expect(dialogText(harness)).to.include('This browser can’t read “Old film.mpg”. Convert it here?');
    expect(dialogText(harness)).to.include('Becomes about 640 MB');
    expect(dialogText(harness)).to.include('MPEG-2 · AC-3');
    expect(dialogText(harness)).to.include('The original stays');
    expect(await violations(element)).to.deep.equal([]);
  });

  it('shows how far it is, goes on while it is closed, and leaves nothing when it is cancelled', async () => {
    const opened = await open({ staysAt: 'converting', progress: { fraction: 0.5, secondsLeft: 300 } });
    const { harness, element, session, converter } = opened;
    await ask(opened);
    await harness.until(() => harness.all('[data-convert="start"]')[0], 'the question');
    await harness.click('Convert here');
    await harness.until(() => dialogText(harness).includes('47%'), 'the progress');
    expect(dialogText(harness)).to.include('5 min left');
    expect(harness.get('[role="progressbar"]').getAttribute('aria-valuetext')).to.include('47%');
    expect(await violations(element)).to.deep.equal([]);
    await harness.click('Continue in the background');
    expect(harness.all('dialog')).to.have.length(0);
    const row = harness.button('“Old film.mpg”');
    expect(row.textContent.trim()).to.equal('Converting: 47%');
    expect(session.store.getState().conversions.current?.status).to.equal('converting');
    expect(await violations(element)).to.deep.equal([]);

    await harness.click(row);
    await harness.click('Cancel conversion');
    await harness.until(() => session.store.getState().conversions.current === null, 'the end');
    expect(harness.all('dialog')).to.have.length(0);
    expect(converter.held).to.equal(0);
    expect(harness.button('Convert “Old film.mpg”…').textContent.trim()).to.equal('Convert…');
  });

  it('says why it can’t be done here, and can be tried again', async () => {
    const opened = await open({ refusal: new LecternError('converter-unavailable') });
    const { harness } = opened;
    await ask(opened);
    await harness.until(() => harness.all('[role="alert"]')[0], 'the reason');
    expect(dialogText(harness)).to.include('The converter couldn’t be loaded');
    expect(dialogText(harness)).to.include('The file in your library is as it was.');
    expect(harness.button('Try again')).to.be.instanceOf(HTMLElement);
    expect(await violations(opened.element)).to.deep.equal([]);
  });

  it('lets go of the converter when nobody wants it after all', async () => {
    const opened = await open();
    const { harness, session, converter } = opened;
    await ask(opened);
    await harness.until(() => harness.all('[data-convert="start"]')[0], 'the question');
    expect(converter.held).to.equal(1);
    await harness.click('Cancel');
    await harness.until(() => converter.held === 0, 'its end');
    expect(session.store.getState().conversions.current).to.equal(null);
  });

  it('isn’t offered where the host provides nothing to convert with: then the advice says what to do', async () => {
    const session = createTestSession({ assets: [film] });
    sessions.push(session);
    await session.seeded;
    const element = Object.assign(document.createElement('media-library'), { lectern: session });
    await mount(element, 1100, 700);
    const harness = new Harness(element);
    element.showDetails('film');
    await harness.until(() => harness.all('.player.none')[0], 'the details');
    expect(harness.get('.player.none').textContent).to.include('convert it to H.264 or VP9');
    expect(harness.all('.convert-asset')).to.have.length(0);
  });

  it('makes a file of the library playable from its details, and keeps the original as a version', async () => {
    const converter = createFakeConverter();
    const session = createTestSession({ assets: [film], render: { converter } });
    sessions.push(session);
    await session.seeded;
    const element = Object.assign(document.createElement('media-library'), { lectern: session });
    await mount(element, 1100, 700);
    const harness = new Harness(element);
    element.showDetails('film');
    await harness.until(() => harness.all('.convert-asset')[0], 'the offer');
    await harness.click(harness.get('.convert-asset'));
    await harness.until(() => harness.all('[data-convert="start"]')[0], 'the question');
    await harness.click(harness.get('[data-convert="start"]'));
    await harness.until(() => harness.all('[data-convert="done"]')[0], 'the end');
    await harness.click(harness.get('[data-convert="done"]'));
    await harness.until(() => harness.all('.convert-asset').length === 0, 'an asset that can be read');
    expect(await session.backend.assets.versions('film')).to.have.length(2);
  });
});
