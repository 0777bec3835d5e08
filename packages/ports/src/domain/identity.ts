/** Who is working. A guest has a stable id in this browser and nowhere else. */
export interface Identity {
  readonly userId: string;
  readonly displayName: string;
  readonly isGuest: boolean;
}
