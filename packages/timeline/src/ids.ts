/** Branded record ids. Ids come from the caller (`crypto.randomUUID()` in a page); this package makes none. */
declare const brand: unique symbol;

/** A string that names one record of kind `K`. */
export type RecordId<K extends string> = string & { readonly [brand]: K };

export type TrackId = RecordId<'track'>;
export type ClipId = RecordId<'clip'>;
export type TransitionId = RecordId<'transition'>;
export type MarkerId = RecordId<'marker'>;
export type CaptionTrackId = RecordId<'caption-track'>;
/** The id of an asset in the library: the same string there and in the document. */
export type AssetId = RecordId<'asset'>;
/** Ties clips together: the files of one take, or the sound of a video and its picture. */
export type LinkId = RecordId<'link'>;
/** The one id of the settings record. */
export type SettingsId = 'settings';

/** Any record's id. */
export type AnyId = SettingsId | TrackId | ClipId | TransitionId | MarkerId | CaptionTrackId | AssetId;

/** Makes the next unused id. A page passes `() => crypto.randomUUID()`, a test a counter. */
export type NewId = () => string;
