"""What goes to Apple, Google and Huawei and what comes back, over real sockets."""
