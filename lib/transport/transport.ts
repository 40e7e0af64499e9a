import type { Readable } from 'node:stream'

/** An object that can be read: a file, or an object of a bucket. */
export interface StoredObject {
  /** By which it is opened and told to people: the key in a bucket, or the path of a local file; `-` for stdin. */
  key: string
  /** Bytes as stored; undefined where only reading tells. */
  size: number | undefined
  /**
   * Which version of the object this is, as the listing tells (`etag:...`), or undefined where only reading the bytes
   * tells; then {@link ObjectAccess.versionOf} or whoever reads them computes `sha256:` of the decompressed bytes.
   */
  version: string | undefined
}

/** A version of an object that has been read before. */
export interface KnownVersion {
  /** SHA-256 of its bytes as they came, hexadecimal. */
  sha256: string
  version: string
}

/** What can be done with an object. Errors are SourceError and ForbiddenError. */
export interface ObjectAccess {
  /**
   * The version of a listed object, reading it if need be; undefined where the bytes can be read only once (stdin), so
   * that only the reader can tell. An object of the same bytes as the version known has its version and is not unpacked.
   */
  versionOf(object: StoredObject, signal: AbortSignal, known?: KnownVersion): Promise<string | undefined>
  /**
   * The bytes as stored (gzipped or not), as many as were listed. The stream fails with a SourceError, or with
   * the signal's reason, and stops reading, also in the middle of a stall, once it is destroyed.
   */
  open(object: StoredObject, signal: AbortSignal): Promise<Readable>
  /** Frees sockets. */
  close(): Promise<void>
}

/** Which objects to list. Folders are paths below the place, without slashes at their ends. */
export interface Wanted {
  /** The one step below which they all are: a place without it is the wrong one. */
  folder: string
  /** The folders that they lie directly in. */
  folders: readonly string[]
  /** What their paths look like, for people. */
  form: string
}

/** An object of a listing. */
export interface ListedObject extends StoredObject {
  /** Where it is below the place, steps divided by `/`. */
  path: string
}

/** A place with many objects. */
export interface Transport extends ObjectAccess {
  /** For people: where the place is, without any credential. */
  uri: string
  /** What lies directly in the folders wanted, folder by folder. @throws UsageError when the place cannot be used at all */
  list(wanted: Wanted, signal: AbortSignal): AsyncIterable<ListedObject>
  /** Why a path that the listing lacks cannot be had. */
  probe(path: string, signal: AbortSignal): Promise<'absent' | 'forbidden'>
}

/** One object that was named by itself. */
export interface SingleObject extends ObjectAccess {
  /** For people. */
  uri: string
  object: StoredObject
}
