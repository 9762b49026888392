//! How RocksDB is set up: durability first, then little memory. It must not know what is stored.

use rocksdb::{
    BlockBasedIndexType, BlockBasedOptions, Cache, ColumnFamilyDescriptor, DBCompressionType,
    DBRecoveryMode, LogLevel, LruCacheOptions, Options, WriteOptions,
};

use crate::keys::Family;

const MIB: usize = 1 << 20;

/// One cache of blocks, filters and indexes for the whole log.
const BLOCK_CACHE_BYTES: usize = 32 * MIB;

/// The cache is split into two to the power of this. Left to itself RocksDB makes shards of half a
/// MiB, which large blocks push everything else out of.
const BLOCK_CACHE_SHARD_BITS: i32 = 2;

/// Memtables of all families together.
const MEMTABLE_BYTES: usize = 48 * MIB;

/// The write-ahead log is what an opening replays, so this bounds the time of a restart.
const WAL_BYTES_MAX: u64 = 64 << 20;

/// Files this old are rewritten, which takes erased payloads off the disk.
const REWRITE_AFTER_SECONDS: u64 = 7 * 24 * 3600;

/// Why the log is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To make a new log, or to finish the making.
    Create,
    /// To write and read.
    Write,
    /// To read beside a writer.
    Follow,
}

/// The options of the whole database.
pub(crate) fn database(purpose: Purpose) -> Options {
    let mut options = quiet();
    options.create_if_missing(purpose == Purpose::Create);
    options.create_missing_column_families(purpose == Purpose::Create);
    options.set_paranoid_checks(true);
    // A record cut short at the very end was never acknowledged; any other damage is an error.
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    // Sizes of complete write-ahead logs are checked at opening, so none can be cut short unseen.
    // A follower opens while the writer deletes such files, where the check does not hold.
    options.set_track_and_verify_wals_in_manifest(purpose != Purpose::Follow);
    options.set_max_total_wal_size(WAL_BYTES_MAX);
    options.set_db_write_buffer_size(MEMTABLE_BYTES);
    options.set_max_background_jobs(2);
    // Flushes trickle to the disk instead of delaying an fsync of the write-ahead log.
    options.set_bytes_per_sync(MIB as u64);
    options.set_avoid_unnecessary_blocking_io(true);
    // A follower must keep every file open: the writer may delete what it still reads.
    options.set_max_open_files(if purpose == Purpose::Follow { -1 } else { 512 });
    options
}

/// The options of a database that can be thrown away.
pub(crate) fn scratch() -> Options {
    let mut options = quiet();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options
}

/// The one family of such a database.
pub(crate) fn scratch_family(family: Family) -> ColumnFamilyDescriptor {
    let cache = cache(BLOCK_CACHE_BYTES / 4);
    ColumnFamilyDescriptor::new(family.name(), family_options(family, &cache))
}

fn cache(bytes: usize) -> Cache {
    let mut options = LruCacheOptions::default();
    options.set_capacity(bytes);
    options.set_num_shard_bits(BLOCK_CACHE_SHARD_BITS);
    Cache::new_lru_cache_opts(&options)
}

/// RocksDB's own diary: short, and no statistics nobody reads.
fn quiet() -> Options {
    let mut options = Options::default();
    options.set_log_level(LogLevel::Warn);
    options.set_keep_log_file_num(3);
    options.set_max_log_file_size(MIB);
    options.set_stats_dump_period_sec(0);
    options.set_stats_persist_period_sec(0);
    options
}

/// The column families with their options.
pub(crate) fn families() -> Vec<ColumnFamilyDescriptor> {
    let cache = cache(BLOCK_CACHE_BYTES);
    Family::ALL
        .map(|family| ColumnFamilyDescriptor::new(family.name(), family_options(family, &cache)))
        .into()
}

fn family_options(family: Family, cache: &Cache) -> Options {
    let mut options = Options::default();
    let mut tables = tables(cache, if family == Family::Events { 16 } else { 4 });
    options.set_compression_type(DBCompressionType::Lz4);
    options.set_periodic_compaction_seconds(REWRITE_AFTER_SECONDS);
    options.set_target_file_size_base(32 << 20);
    match family {
        Family::Events => {
            options.set_bottommost_compression_type(DBCompressionType::Zstd);
            options.set_write_buffer_size(16 * MIB);
        }
        Family::Streams | Family::State | Family::Idempotency => {
            tables.set_bloom_filter(10.0, false);
            options.set_write_buffer_size(8 * MIB);
        }
        Family::Segments | Family::Meta => options.set_write_buffer_size(4 * MIB),
    }
    options.set_block_based_table_factory(&tables);
    options
}

fn tables(cache: &Cache, block_kib: usize) -> BlockBasedOptions {
    let mut tables = BlockBasedOptions::default();
    tables.set_block_size(block_kib << 10);
    tables.set_block_cache(cache);
    tables.set_format_version(6);
    // Inside of the cache's limit, or memory would grow with the number of files.
    tables.set_cache_index_and_filter_blocks(true);
    tables.set_pin_l0_filter_and_index_blocks_in_cache(true);
    // A file's index and filter in pieces: a look-up reads the few KiB that it needs. In one piece a
    // filter of a million keys is more than a MiB, read and checked again whenever it was evicted,
    // which took half of the processor time of a million messages' growth.
    tables.set_index_type(BlockBasedIndexType::TwoLevelIndexSearch);
    tables.set_partition_filters(true);
    tables.set_pin_top_level_index_and_filter(true);
    tables
}

/// The write that the log promises: on disk before it returns.
pub(crate) fn synced() -> WriteOptions {
    let mut options = WriteOptions::default();
    options.set_sync(true);
    options
}
