/** Forms of one message by the plural category that `Intl.PluralRules` gives for `{count}`. */
export interface PluralMessage {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

/** Text with `{name}` placeholders, or its plural forms. */
export type Message = string | PluralMessage;

/** A value that a placeholder takes. Numbers are formatted for the locale. */
export type MessageValue = string | number;
export type MessageParams = Readonly<Record<string, MessageValue>>;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The placeholder names of a message; a plural one always takes `count`. */
export type PlaceholdersOf<M> = M extends string
  ? Placeholders<M>
  : M extends { readonly other: infer Other extends string }
    ? Placeholders<Other> | 'count'
    : never;

/** A translation of a group: every key of the English one, and plural forms where English has them. */
export type TranslationOf<Group> = {
  readonly [Key in keyof Group]: Group[Key] extends string ? string : PluralMessage;
};
