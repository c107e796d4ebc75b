import CFileSystem

/// How surely what is overwritten in a directory is gone, by the kind of its file system (statfs(2)).
/// Certificates name it.
public enum StorageStrength: String, Sendable, CaseIterable {
    /// A file system that overwrites blocks in place; the medium below it may still keep old ones.
    case file
    /// A file system that copies on write, or may: old blocks stay until they are used again.
    case copyOnWrite = "file-cow"
    /// A file system of another machine or process, which may keep whatever it likes.
    case network = "file-network"
    /// Memory: gone with the power at the latest.
    case memory
    /// A file system that nothing is known of.
    case unknown = "file-unknown"

    /// What to tell whoever puts a keyring there; `nil`: nothing.
    public var warning: String? {
        switch self {
        case .file: nil
        case .copyOnWrite:
            "the keyring lies on a copy-on-write file system: old keyrings survive there, and with them "
                + "what was erased, until their blocks are used again"
        case .network:
            "the keyring lies on a network file system: nobody can tell which copies its server keeps"
        case .memory: "the keyring lies in memory: it is gone with the next restart of the machine"
        case .unknown:
            "the keyring lies on a file system that nothing is known of: old keyrings may survive there"
        }
    }

    /// The strength of a directory.
    static func of(_ path: String) -> StorageStrength {
        StorageStrength(fileSystem: UInt32(exactly: file_system_type(path)) ?? 0)
    }

    /// By the file system's magic number (statfs(2), linux/magic.h).
    init(fileSystem: UInt32) {
        switch fileSystem {
        // ext2, ext3, ext4; XFS; JFS.
        case 0xEF53, 0x5846_5342, 0x3153_464A: self = .file
        // Btrfs, ZFS, bcachefs, F2FS, NILFS, overlayfs, eCryptfs.
        case 0x9123_683E, 0x2FC1_2FC1, 0xCA45_1A4E, 0xF2F5_2010, 0x3434, 0x794C_7630, 0xF15F:
            self = .copyOnWrite
        // NFS, SMB, CIFS, SMB2, FUSE and virtiofs, Ceph, 9P, AFS, GFS2, OCFS2, Lustre.
        case 0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x00C3_6400, 0x0102_1997,
            0x5346_414F, 0x0116_1970, 0x7461_636F, 0x0BD0_0BD0:
            self = .network
        // tmpfs, ramfs.
        case 0x0102_1994, 0x8584_58F6: self = .memory
        default: self = .unknown
        }
    }
}
