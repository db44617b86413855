package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// journal is what was written since the last checkpoint. It begins with a header that names the file which it belongs
// to, and is a sequence of records, one for each call that wrote:
//
//	4  length of what follows the checksum
//	4  CRC-32 (Castagnoli) of it
//	   for each key: bucket, uvarint length of the key, key, uvarint length of the value + 1 or 0 for none, value
//
// A record that is cut off or does not fit its checksum ends the journal: it was being written when the process ended.
type journal struct {
	file   *os.File
	id     [idSize]byte
	size   int64 // up to the end of the last whole record
	noSync bool
	buffer []byte
}

const (
	idSize     = 8
	headerSize = 8 + idSize
	recordHead = 8
)

var (
	journalMagic = []byte("twinjrn1")
	castagnoli   = crc32.MakeTable(crc32.Castagnoli)
)

// openJournal opens the journal at path, and gives what it holds to replay. One that belongs to another file is begun
// anew.
func openJournal(path string, id [idSize]byte, noSync bool, replay func(b bucket, key, value []byte)) (*journal,
	error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &journal{file: file, id: id, noSync: noSync}
	data, err := io.ReadAll(file)
	if err == nil {
		if bytes.HasPrefix(data, journalMagic) && len(data) >= headerSize && bytes.Equal(data[8:headerSize], id[:]) {
			j.size = headerSize + readRecords(data[headerSize:], replay)
		}
		err = j.cutOff()
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

// readRecords replays whole records and returns how many bytes they take.
func readRecords(data []byte, replay func(b bucket, key, value []byte)) (size int64) {
	for len(data) >= recordHead {
		n := binary.LittleEndian.Uint32(data)
		if uint64(n) > uint64(len(data)-recordHead) {
			break
		}
		body := data[recordHead : recordHead+int(n)]
		if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(data[4:]) || !readKeys(body, nil) {
			break
		}
		readKeys(body, replay)
		size += recordHead + int64(n)
		data = data[recordHead+n:]
	}
	return size
}

// readKeys replays the keys of a record, and reports whether it is one.
func readKeys(body []byte, replay func(b bucket, key, value []byte)) bool {
	for len(body) > 0 {
		b := bucket(body[0])
		key, rest, ok := cut(body[1:], 0)
		if !ok || b >= buckets {
			return false
		}
		var value []byte
		if len(rest) > 0 && rest[0] == 0 {
			rest = rest[1:]
		} else if value, rest, ok = cut(rest, 1); !ok {
			return false
		}
		if body = rest; replay != nil {
			replay(b, key, value)
		}
	}
	return true
}

// cut takes a length, which is written larger by more, and as many bytes off data.
func cut(data []byte, more uint64) (head, rest []byte, ok bool) {
	n, size := binary.Uvarint(data)
	if size <= 0 || n < more || n-more > uint64(len(data)-size) {
		return nil, nil, false
	}
	end := size + int(n-more)
	return data[size:end:end], data[end:], true
}

// append makes a record of an overlay, durably.
func (j *journal) append(o *overlay) error {
	record := append(j.buffer[:0], make([]byte, recordHead)...)
	for b := range buckets {
		for key, value := range o.values[b] {
			record = append(record, byte(b))
			record = binary.AppendUvarint(record, uint64(len(key)))
			record = append(record, key...)
			if value == nil {
				record = append(record, 0)
				continue
			}
			record = binary.AppendUvarint(record, uint64(len(value))+1)
			record = append(record, value...)
		}
	}
	j.buffer = record
	binary.LittleEndian.PutUint32(record, uint32(len(record)-recordHead))
	binary.LittleEndian.PutUint32(record[4:], crc32.Checksum(record[recordHead:], castagnoli))
	if _, err := j.file.WriteAt(record, j.size); err != nil {
		return errors.Join(err, j.cutOff())
	}
	if !j.noSync {
		if err := flush(j.file); err != nil {
			return errors.Join(err, j.cutOff())
		}
	}
	j.size += int64(len(record))
	return nil
}

// cutOff takes off what stands behind the last whole record, and writes the header where there is none.
func (j *journal) cutOff() error {
	if j.size == 0 {
		if err := j.file.Truncate(0); err != nil {
			return err
		}
		if _, err := j.file.WriteAt(append(bytes.Clone(journalMagic), j.id[:]...), 0); err != nil {
			return err
		}
		j.size = headerSize
	} else if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	if j.noSync {
		return nil
	}
	return j.file.Sync()
}

// empty forgets all records, which are in the file.
func (j *journal) empty() error {
	j.size = headerSize
	return j.cutOff()
}

// close closes the journal, and removes it where it holds nothing.
func (j *journal) close() error {
	err := j.file.Close()
	if err == nil && j.size == headerSize {
		err = os.Remove(j.file.Name())
	}
	if err != nil {
		return fmt.Errorf("bolt: closing the journal: %w", err)
	}
	return nil
}
