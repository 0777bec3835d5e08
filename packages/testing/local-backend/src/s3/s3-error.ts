/** What a request to the S3 port is refused with, in S3's words. */
import { element, xmlDocument } from './xml.js';

export class S3Error extends Error {
  readonly status: number;
  /** S3's own, such as `NoSuchUpload`. */
  readonly code: string;
  /** More for the answer's head, such as `content-range` of a range that can't be had. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'S3Error';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  toXml(): string {
    return errorXml(this.code, this.message);
  }
}

export function errorXml(code: string, message: string): string {
  return xmlDocument(element('Error', element('Code', code), element('Message', message)));
}

export const accessDenied = (message: string): S3Error => new S3Error(403, 'AccessDenied', message);

export const invalidArgument = (message: string): S3Error => new S3Error(400, 'InvalidArgument', message);
