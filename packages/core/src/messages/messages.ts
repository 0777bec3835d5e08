import { toLecternError, type LecternErrorCode, type SerialisedError } from '@lectern/ports';
import { createFormatters, type Formatters } from '../format/formatters.js';
import { english, type EnglishMessages } from './en.js';
import type { Message, MessageParams, MessageValue, PlaceholdersOf } from './message.js';

/** Every key; its source is the English catalogue. */
export type MessageKey = keyof EnglishMessages;
/** Keys whose text takes no values: what labels of commands and options are. */
export type PlainMessageKey = {
  [Key in MessageKey]: [PlaceholdersOf<EnglishMessages[Key]>] extends [never] ? Key : never;
}[MessageKey];
/** A whole catalogue of one language. */
export type Catalogue = Readonly<Record<MessageKey, Message>>;
/** The values that a key's text takes: checked where the key is known, free where it is known only at run time. */
export type MessageArguments<Key extends MessageKey> = MessageKey extends Key
  ? [params?: MessageParams | undefined]
  : [PlaceholdersOf<EnglishMessages[Key]>] extends [never]
    ? []
    : [params: Readonly<Record<PlaceholdersOf<EnglishMessages[Key]>, MessageValue>>];

/** A message as data, to be put into words when it is shown. */
export interface MessageRef {
  readonly key: MessageKey;
  readonly params?: MessageParams;
}

/** What happened and what to do about it, in words. */
export interface ErrorText {
  readonly code: LecternErrorCode;
  readonly title: string;
  readonly advice: string;
}

/** Puts keys, references and errors into the words of one language. */
export interface Messages {
  /** BCP 47, as it was asked for. */
  readonly locale: string;
  /** Dates, sizes, durations and the like in that language. */
  readonly format: Formatters;
  t<Key extends MessageKey>(key: Key, ...params: MessageArguments<Key>): string;
  text(message: MessageRef): string;
  /**
   * What to tell a person about an error, with the name of the file or clip that it is about: `subject`, or what the
   * error's details say.
   */
  error(error: unknown, subject?: string): ErrorText;
}

const catalogues: Map<string, Partial<Catalogue>> = new Map<string, Partial<Catalogue>>([['en', english]]);
/** Languages that come with the library and are loaded with the first page that speaks them. */
const supplied: ReadonlyMap<string, () => Promise<Catalogue>> = new Map([
  ['es', async () => (await import('./es.js')).spanish],
]);
const loading: Map<string, Promise<void>> = new Map();
const loaded: Set<string> = new Set();
const cache: Map<string, Messages> = new Map();

/** Languages that there are words in, loaded or not. */
export function availableLocales(): readonly string[] {
  return [...new Set([...catalogues.keys(), ...supplied.keys()])];
}

/** Adds a language, or other words for one that is there. What it leaves out is said in English. */
export function addCatalogue(locale: string, catalogue: Partial<Catalogue>): void {
  catalogues.set(locale, { ...catalogues.get(locale), ...catalogue });
  cache.clear();
}

/**
 * Loads the words of a language that comes with the library. Null when there is nothing to wait for. Words that can't be
 * had (the page is offline) are English until somebody asks again; it never rejects.
 */
export function loadLanguage(locale: string): Promise<void> | null {
  const language = matching(locale, supplied.keys());
  const load = language === null ? undefined : supplied.get(language);
  if (language === null || !load || loaded.has(language)) return null;
  const known = loading.get(language);
  if (known) return known;
  const work = load()
    .then((catalogue) => {
      loaded.add(language);
      // What a host has put in other words stays in them.
      addCatalogue(language, { ...catalogue, ...catalogues.get(language) });
    })
    .catch(() => undefined)
    .finally(() => loading.delete(language));
  loading.set(language, work);
  return work;
}

/**
 * The words of a language; `es-MX` falls back to `es`, and what nobody speaks, or what isn't loaded yet, to English. The
 * same object each time.
 */
export function messagesFor(locale: string): Messages {
  let messages = cache.get(locale);
  if (messages === undefined) {
    messages = createMessages(locale);
    cache.set(locale, messages);
  }
  return messages;
}

/** The one of these languages that a tag is of: `es-MX` is `es`. */
function matching(locale: string, languages: Iterable<string>): string | null {
  const known = [...languages];
  for (let tag = locale.toLowerCase(); tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
    const language = known.find((each) => each.toLowerCase() === tag);
    if (language !== undefined) return language;
  }
  return null;
}

function catalogueFor(locale: string): { readonly language: string; readonly catalogue: Partial<Catalogue> } {
  const language = matching(locale, catalogues.keys()) ?? 'en';
  return { language, catalogue: catalogues.get(language) ?? english };
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function createMessages(locale: string): Messages {
  const { language, catalogue } = catalogueFor(locale);
  // Numbers and dates follow the region (es-MX), and a page's broken `lang` must not break the page.
  const formatLocale = isLocale(locale) && locale.startsWith(language) ? locale : language;
  const format = createFormatters(formatLocale);
  const plural = new Intl.PluralRules(formatLocale);

  const translate = (key: MessageKey, params: MessageParams = {}): string => {
    const message: Message = catalogue[key] ?? english[key];
    let text: string;
    if (typeof message === 'string') text = message;
    else {
      const count = Number(params['count'] ?? 0);
      text = (count === 0 ? message.zero : undefined) ?? message[plural.select(count)] ?? message.other;
    }
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? format.number(value) : value;
    });
  };

  return {
    locale,
    format,
    t: (key, ...[params]) => translate(key, params),
    text: ({ key, params }) => translate(key, params),
    error: (error, subject) => describeError(error, subject, translate, format),
  };
}

/** What an error's details may be called in a message. */
function describeError(
  thrown: unknown,
  subjectName: string | undefined,
  translate: (key: MessageKey, params?: MessageParams) => string,
  format: Formatters,
): ErrorText {
  const { code, details }: SerialisedError = isSerialised(thrown) ? thrown : toLecternError(thrown);
  const named =
    subjectName ?? details['fileName'] ?? details['clip'] ?? details['name'] ?? details['asset'] ?? details['title'];
  const subject =
    typeof named === 'string' && named !== ''
      ? translate('common.quoted', { name: named })
      : translate(`error.${code}.subject`);
  const params: Record<string, MessageValue> = { subject };
  for (const [name, value] of Object.entries(details)) {
    if (Array.isArray(value)) params[name] = format.list(value as readonly string[]);
    else if ((/bytes$/i.test(name) || (name === 'limit' && code === 'file-too-large')) && typeof value === 'number')
      params[name] = format.bytes(value);
    else if (typeof value === 'number' || typeof value === 'string') params[name] = value;
  }
  // A port may leave a detail out; the sentence then keeps to what is known.
  const say = (key: MessageKey, vague: MessageKey): string => {
    const text = translate(key, params);
    return /\{\w+\}/.test(text) ? translate(vague, params) : text;
  };
  const base = wordsOf(code, details['about']);
  return {
    code,
    title: say(`${base}.title`, 'error.unknown.title'),
    advice: say(`${base}.advice`, `${base}.adviceShort`),
  };
}

/** A thing that errors are about (`details.about`) may have words of its own for a code. */
function wordsOf(code: LecternErrorCode, about: unknown): `error.${LecternErrorCode}` {
  const own = `${String(about)}.error.${code}`;
  return (`${own}.title` in english ? own : `error.${code}`) as `error.${LecternErrorCode}`;
}

function isSerialised(value: unknown): value is SerialisedError {
  return (
    typeof value === 'object' && value !== null && !(value instanceof Error) && 'code' in value && 'details' in value
  );
}
