import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Asset, DuplicateDecision, UploadDuplicate, UploadItem } from '@lectern/ports';
import {
  isUploadOver,
  kindOfFileName,
  uploadFraction,
  uploadStanding,
  uploadStatement,
  uploadSteps,
  isConversionBusy,
  type ConversionJob,
  type LecternSession,
  type Messages,
  type UploadStanding,
  type UploadStep,
} from '@lectern/core';
import { poster } from '../collection/poster.js';
import { icon, type IconName } from '../foundation/icon.js';
import { styleMap } from '../foundation/style-map.js';
import { kindIcons } from '../media-library/asset-words.js';

export interface UploadRowContext {
  readonly session: LecternSession | null;
  readonly messages: Messages;
  readonly now: Date;
  /** What is known of the asset that a row shows a picture of: its own once it is there, or the one that it resembles. */
  readonly asset: (assetId: string) => Asset | null;
  /** Which of its duplicates is meant; the first when nobody chose. */
  readonly meant: (item: UploadItem) => UploadDuplicate | null;
  readonly choose: (item: UploadItem, index: number) => void;
  readonly step: (item: UploadItem, step: Exclude<UploadStep, 'decide'>) => void;
  readonly decide: (item: UploadItem, decision: DuplicateDecision) => void;
  readonly signIn: () => void;
  /** What is done about a file that can't be read here; null where there is nothing to do it with. */
  readonly convert: ((item: UploadItem) => void) | null;
  /** The running or last conversion. */
  readonly conversion: ConversionJob | null;
}

const stateIcons: Readonly<Partial<Record<UploadStanding, IconName>>> = {
  attention: 'warning',
  paused: 'pause',
  failed: 'error',
  done: 'done',
  cancelled: 'close',
};

/** The asset whose picture stands for an upload, or null. */
export function pictureOf(item: UploadItem, meant: UploadDuplicate | null): string | null {
  if (item.status === 'done') return item.assetId;
  return item.status === 'duplicate' ? (meant?.assetId ?? null) : null;
}

/** One upload: what it is, how far it is, what is wrong with it, and what can be done about it. */
export function uploadRow(item: UploadItem, context: UploadRowContext): TemplateResult {
  const { messages, now, session } = context;
  const standing = uploadStanding(item);
  const { state, error } = uploadStatement(item, messages, now);
  const meant = context.meant(item);
  const pictured = pictureOf(item, meant);
  const asset = pictured === null ? null : context.asset(pictured);
  const kind = asset?.kind ?? kindOfFileName(item.fileName);
  const symbol = stateIcons[standing];
  const tone = item.storedUndecodable ? 'attention' : standing;
  return html`<div
    role="row"
    class="upload"
    part="row"
    data-status=${item.status}
    data-standing=${tone}
    data-id=${item.id}
  >
    <div role="gridcell" class="upload-what">
      <span class="upload-picture" part="picture" data-kind=${kind ?? nothing} aria-hidden="true">
        ${icon(kind === null ? 'file' : kindIcons[kind])}
        <canvas ${poster(session, asset?.posterKey ?? null)}></canvas>
      </span>
      <div class="upload-text">
        <p class="upload-line">
          <span class="truncate upload-name" id="name-${item.id}" dir="auto" title=${item.fileName}
            >${item.fileName}</span
          >
          ${standing === 'busy' && !item.elsewhere && item.status === 'sending' ? html`<span class="upload-percent">${messages.format.percent(uploadFraction(item))}</span>` : nothing}
        </p>
        ${isUploadOver(item) || item.status === 'duplicate' ? nothing : progressBar(item, state, messages)}
        <p class="upload-status" id="state-${item.id}">
          ${symbol === undefined ? nothing : icon(item.storedUndecodable ? 'warning' : symbol)}<span>${state}</span>
        </p>
        ${error ? html`<p class="upload-why">${error.title === state ? nothing : html`<strong>${error.title}.</strong> `}${error.advice}</p>` : nothing}
        ${item.status === 'duplicate' && meant ? duplicate(item, meant, context) : nothing}
        ${choices(item, meant, context)}
      </div>
    </div>
    <div role="gridcell" class="upload-actions">${steps(item, context)}</div>
  </div>`;
}

function progressBar(item: UploadItem, state: string, messages: Messages): TemplateResult {
  const fraction = uploadFraction(item);
  const known = item.sentBytes > 0 || item.status === 'sending';
  return html`<div
    class="progress"
    part="progress"
    role="progressbar"
    aria-label=${messages.t('uploads.progressOf', { name: item.fileName })}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${known ? String(Math.round(fraction * 100)) : nothing}
    aria-valuetext=${state}
  >
    <span style=${styleMap({ '--value': String(fraction) })}></span>
  </div>`;
}

/** How sure it is that the file is there already, and which one it is. */
function duplicate(item: UploadItem, meant: UploadDuplicate, context: UploadRowContext): TemplateResult {
  const { messages } = context;
  const { duplicates } = item;
  return html`<p class="upload-why">
      ${messages.t(meant.certain ? 'uploads.duplicateOf' : 'uploads.likelyDuplicateOf', { name: meant.name })}
    </p>
    ${
      duplicates.length < 2
        ? nothing
        : html`<select
            class="select"
            data-size="small"
            aria-label=${messages.t('uploads.chooseDuplicate', { name: item.fileName })}
            @change=${(event: Event) => {
              context.choose(item, (event.target as HTMLSelectElement).selectedIndex);
            }}
          >
            ${duplicates.map((other) => html`<option ?selected=${other === meant}>${other.name}</option>`)}
          </select>`
    }`;
}

interface Choice {
  readonly id: string;
  readonly text: string;
  readonly label: string;
  readonly primary: boolean;
  readonly run: () => void;
}

/** What only a person can decide, as buttons with words. */
function choices(
  item: UploadItem,
  meant: UploadDuplicate | null,
  context: UploadRowContext,
): TemplateResult | typeof nothing {
  const list = choicesOf(item, meant, context);
  if (list.length === 0) return nothing;
  return html`<div class="upload-choices">
    ${repeat(
      list,
      ({ id }) => id,
      ({ text, label, primary, run }) =>
        html`<button
          class="button"
          data-size="small"
          data-variant=${primary ? 'primary' : nothing}
          aria-label=${label}
          aria-describedby="state-${item.id}"
          @click=${run}
        >
          ${text}
        </button>`,
    )}
  </div>`;
}

function choicesOf(item: UploadItem, meant: UploadDuplicate | null, context: UploadRowContext): readonly Choice[] {
  const { messages } = context;
  const name = item.fileName;
  if (item.status === 'needs-file')
    return [
      {
        id: 'choose-file',
        text: messages.t('uploads.chooseFile'),
        label: messages.t('uploads.chooseFileNamed', { name }),
        primary: true,
        run: () => {
          context.step(item, 'choose-file');
        },
      },
    ];
  if (item.status === 'paused' && item.error?.code === 'unauthenticated')
    return [
      {
        id: 'sign-in',
        text: messages.t('uploads.signIn'),
        label: messages.t('uploads.signInNamed', { name }),
        primary: true,
        run: context.signIn,
      },
    ];
  if (item.storedUndecodable && context.convert) return [conversionChoice(item, context.convert, context)];
  if (item.status !== 'duplicate') return [];
  const anyway: Choice = {
    id: 'upload-anyway',
    text: messages.t('uploads.uploadAnyway'),
    label: messages.t('uploads.uploadAnywayNamed', { name }),
    primary: meant === null,
    run: () => {
      context.decide(item, { use: 'upload-anyway' });
    },
  };
  if (!meant) return [anyway];
  const { assetId, name: existing } = meant;
  return [
    {
      id: 'existing',
      text: messages.t('uploads.useExisting'),
      label: messages.t('uploads.useExistingNamed', { existing, name }),
      primary: true,
      run: () => {
        context.decide(item, { use: 'existing', assetId });
      },
    },
    anyway,
    {
      id: 'replace',
      text: messages.t('uploads.replaceIt'),
      label: messages.t('uploads.replaceItNamed', { existing, name }),
      primary: false,
      run: () => {
        context.decide(item, { use: 'replace', assetId });
      },
    },
  ];
}

function conversionChoice(
  item: UploadItem,
  convert: (item: UploadItem) => void,
  { conversion, messages }: UploadRowContext,
): Choice {
  const running = conversion?.assetId === item.assetId && isConversionBusy(conversion) ? conversion : null;
  const percent = messages.format.percent(running?.fraction ?? 0);
  const name = item.fileName;
  return {
    id: 'convert',
    text: running ? messages.t('conversion.convertingShort', { percent }) : messages.t('conversion.convert'),
    label: running
      ? messages.t('conversion.convertingNamed', { percent, name })
      : messages.t('conversion.convertNamed', { name }),
    primary: !running,
    run: () => {
      convert(item);
    },
  };
}

const stepIcons = { pause: 'pause', resume: 'play', retry: 'refresh', cancel: 'close', clear: 'close' } as const;
/** Pausing and going on are one button, so that the focus stays where it is; so are cancelling and clearing. */
const places = { pause: 'main', resume: 'main', retry: 'main', cancel: 'end', clear: 'end' } as const;

function steps(item: UploadItem, context: UploadRowContext): unknown {
  const list = uploadSteps(item).filter((step) => step !== 'decide' && step !== 'choose-file');
  return repeat(
    list,
    (step) => places[step],
    (step) => {
      const label = context.messages.t(`uploads.${step}`, { name: item.fileName });
      return html`<button
        class="icon-button"
        data-step=${step}
        aria-label=${label}
        aria-describedby="state-${item.id}"
        title=${label}
        @click=${() => {
          context.step(item, step);
        }}
      >
        ${icon(stepIcons[step])}
      </button>`;
    },
  );
}
