import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { deserialiseError } from '@lectern/ports';
import {
  isConversionBusy,
  type ConversionJob,
  type LecternSession,
  type Messages,
  type SessionState,
} from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { StoreController } from '../foundation/store-controller.js';
import { styleMap } from '../foundation/style-map.js';
import { codecNames } from '../media-library/asset-words.js';

export interface ConversionDialogOptions {
  readonly session: () => LecternSession | null;
  /** Says something to people who don't see it. */
  readonly say: (text: string) => void;
}

/**
 * Asks whether a file that this browser can't read is to be converted here: what it takes is said first, then how far it
 * is. It goes on while the dialog is closed.
 */
export class ConversionDialogController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: ConversionDialogOptions;
  readonly #dialog: Ref<HTMLDialogElement> = createRef();
  readonly #job: StoreController<SessionState, ConversionJob | null>;
  #shown = false;
  #said = '';

  constructor(host: ReactiveControllerHost, options: ConversionDialogOptions) {
    this.#host = host;
    this.#options = options;
    this.#job = new StoreController<SessionState, ConversionJob | null>(
      host,
      null,
      (slices) => slices.conversions.current,
    );
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#shown;
  }

  /** The running or last conversion of the session. */
  get job(): ConversionJob | null {
    return this.#job.value ?? null;
  }

  /** Looks at an asset and asks; on one that is being converted it shows how far it is. */
  open(assetId: string): void {
    const session = this.#options.session();
    if (!session) return;
    const { job } = this;
    this.#shown = true;
    this.#host.requestUpdate();
    if (job?.assetId === assetId && (isConversionBusy(job) || job.status === 'ready')) return;
    // What goes wrong stands in the job, which is on show; while another one runs, that is shown.
    session.actions.prepareConversion(assetId).catch(() => undefined);
  }

  hostUpdate(): void {
    this.#job.setStore(this.#options.session()?.store ?? null);
  }

  hostUpdated(): void {
    const dialog = this.#dialog.value;
    if (this.#shown && dialog?.open === false) dialog.showModal();
    this.#tell();
  }

  hostDisconnected(): void {
    this.#shown = false;
  }

  render(messages: Messages): TemplateResult | typeof nothing {
    if (!this.#shown) return nothing;
    const { job } = this;
    return html`<dialog
      class="convert"
      part="conversion-dialog"
      aria-labelledby="convert-title"
      ${ref(this.#dialog)}
      @cancel=${this.#onCancel}
    >
      <header>
        <h2 id="convert-title">${messages.t('conversion.title')}</h2>
        <button class="icon-button" type="button" aria-label=${messages.t('common.close')} @click=${this.#close}>
          ${icon('close')}
        </button>
      </header>
      ${job ? this.#renderJob(job, messages) : nothing}
    </dialog>`;
  }

  #renderJob(job: ConversionJob, messages: Messages): TemplateResult {
    switch (job.status) {
      case 'looking':
        return html`<div class="body">
            <p>${messages.t('conversion.question', { name: job.name })}</p>
            <p class="busy" role="status">
              <span class="spinner"></span><span>${messages.t('conversion.looking')}</span>
            </p>
            <p class="hint">${messages.t('conversion.lookingText')}</p>
          </div>
          <footer>${this.#button('cancel', messages.t('common.cancel'), this.#cancel)}</footer>`;
      case 'ready':
        return html`<div class="body">${this.#renderForecast(job, messages)}</div>
          <footer>
            ${this.#button('cancel', messages.t('common.cancel'), this.#close)}
            ${this.#button('start', messages.t('conversion.start'), this.#start, true)}
          </footer>`;
      case 'converting':
      case 'storing':
        return html`<div class="body">${conversionProgress(job, messages)}</div>
          <footer>
            ${this.#button('cancel', messages.t('conversion.cancel'), this.#cancel)}
            ${this.#button('hide', messages.t('conversion.hide'), this.#close, true)}
          </footer>`;
      case 'done':
        return html`<div class="body">
            <p class="banner" data-tone="success" role="status">
              ${icon('done')}<span>${messages.t('conversion.done', { name: job.name })}</span>
            </p>
            <p class="hint">${messages.t('conversion.original')}</p>
          </div>
          <footer>${this.#button('done', messages.t('common.done'), this.#close, true)}</footer>`;
      case 'failed':
        return html`<div class="body">${this.#renderFailure(job, messages)}</div>
          <footer>
            ${this.#button('again', messages.t('common.tryAgain'), () => {
              this.open(job.assetId);
            })}
            ${this.#button('close', messages.t('common.close'), this.#close, true)}
          </footer>`;
    }
  }

  #renderForecast({ name, forecast }: ConversionJob, messages: Messages): TemplateResult {
    const { format } = messages;
    const time =
      forecast?.seconds === null || forecast === null
        ? messages.t('conversion.timeUnknown')
        : messages.t('conversion.time', { time: format.approximateDuration(forecast.seconds) });
    const codecs = forecast && codecNames(forecast.videoCodec, forecast.audioCodec);
    const facts = [
      time,
      forecast && forecast.sizeBytes > 0
        ? messages.t('conversion.size', { size: format.bytes(forecast.sizeBytes) })
        : null,
      codecs === null ? null : messages.t('conversion.contents', { codecs }),
    ].filter((fact) => fact !== null);
    return html`<p><strong>${messages.t('conversion.question', { name })}</strong></p>
      <p class="forecast">${facts.join(' · ')}</p>
      ${forecast?.keepsPictures ? html`<p class="hint">${messages.t('conversion.keepsPictures')}</p>` : nothing}
      <p>${messages.t('conversion.original')}</p>
      <p class="hint">${messages.t('conversion.place')}</p>`;
  }

  #renderFailure(job: ConversionJob, messages: Messages): TemplateResult {
    const told = job.error && messages.error(deserialiseError(job.error));
    return html`<p class="banner" data-tone="danger" role="alert">
        ${icon('error')}<span
          ><strong>${told?.title ?? messages.t('conversion.failed')}</strong> ${told?.advice ?? ''}</span
        >
      </p>
      <p class="hint">${messages.t('conversion.failedText')}</p>`;
  }

  #button(name: string, text: string, run: () => void, primary = false): TemplateResult {
    return html`<button
      class="button"
      type="button"
      data-convert=${name}
      data-variant=${primary ? 'primary' : nothing}
      @click=${run}
    >
      ${text}
    </button>`;
  }

  /** The end, and each quarter of the way, for those who don't see the bar. */
  #tell(): void {
    const session = this.#options.session();
    const { job } = this;
    if (!session || !job || !this.#shown) return;
    const quarter = Math.floor(job.fraction * 4);
    const said = `${job.id} ${job.status} ${String(quarter)}`;
    if (said === this.#said) return;
    const running = job.status === 'converting' && quarter > 0;
    this.#said = said;
    if (running) {
      const percent = session.messages.format.percent(quarter / 4);
      this.#options.say(session.messages.t('conversion.percent', { percent }));
    }
  }

  readonly #start = (): void => {
    this.#options
      .session()
      ?.actions.convertAsset()
      .catch(() => undefined);
  };

  readonly #cancel = (): void => {
    void this.#options.session()?.actions.cancelConversion();
    this.#hide();
  };

  readonly #close = (): void => {
    const { job } = this;
    // What runs goes on; what only waits for an answer has one now.
    if (job?.status === 'looking') void this.#options.session()?.actions.cancelConversion();
    else if (job && !isConversionBusy(job)) void this.#options.session()?.actions.dismissConversion();
    this.#hide();
  };

  readonly #onCancel = (event: Event): void => {
    event.preventDefault();
    this.#close();
  };

  #hide(): void {
    this.#shown = false;
    this.#dialog.value?.close();
    this.#host.requestUpdate();
  }
}

/** A conversion on its way. */
function conversionProgress(job: ConversionJob, messages: Messages): TemplateResult {
  const percent = messages.format.percent(job.fraction);
  const line =
    job.status === 'storing'
      ? messages.t('conversion.storing')
      : messages.t('conversion.converting', { name: job.name });
  const left =
    job.secondsLeft === null
      ? ''
      : messages.t('conversion.timeLeft', { time: messages.format.approximateDuration(job.secondsLeft) });
  return html`<p>${line}</p>
    <div
      class="progress"
      role="progressbar"
      aria-label=${messages.t('conversion.title')}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(job.fraction * 100)}
      aria-valuetext=${[percent, left].filter((text) => text !== '').join(', ')}
    >
      <span style=${styleMap({ '--value': String(job.fraction) })}></span>
    </div>
    <p class="forecast">${[percent, left].filter((text) => text !== '').join(' · ')}</p>
    <p class="hint">${messages.t('conversion.background')}</p>`;
}
