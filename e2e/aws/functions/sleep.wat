;; Sleeps for as many tenths of a second as the event's first digit says, then answers with the event.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 60000))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    ;; A subscription to the monotonic clock, relative, in nanoseconds.
    (i32.store (i32.const 128) (i32.const 1))
    (i64.store (i32.const 136)
      (i64.mul (i64.const 100000000)
        (i64.extend_i32_u (i32.sub (i32.load8_u (i32.const 1024)) (i32.const 48)))))
    (drop (call $poll (i32.const 112) (i32.const 256) (i32.const 1) (i32.const 12)))
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
